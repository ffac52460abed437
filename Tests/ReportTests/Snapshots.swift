let capHaltedText = """
  251 charged 499.49 usd · 596 skipped 1,186.04 usd · 0 need you
  overdue-20261122-7k2m · job file overdue · sandbox · halted
  sandbox: no money moves

  Halted at job #252 (cap_exhausted): 1.99 usd would pass the batch's cap of
  500.00 usd, of which 499.49 usd is spent or held.
  To go on, raise the cap, have it approved again and run it; 1,685.53 usd covers
  all that is left:
    sluice amend overdue-20261122-7k2m --cap usd=1685.53
    sluice preview overdue-20261122-7k2m
    sluice approve overdue-20261122-7k2m
    sluice run overdue-20261122-7k2m

             jobs        amount
  charged     251    499.49 usd
  skipped     596  1,186.04 usd
  submitted   847  1,685.53 usd

  reason                  jobs        amount
  cap_exhausted  skipped   596  1,186.04 usd

  budget      limit   spent  held  room
  batch usd  500.00  499.49  0.00  0.51

  planned by    billing-agent
  submitted by  ana
  approved by   ben
  vault keys    vk_id_7k2mbcdf
  journal head  1712:9f3c0a5be1d2c4f7

  """

let allChargedText = """
  3 charged 5.97 usd · 0 need you
  overdue-20261122-7k2m · job file overdue · live · finished

             jobs    amount
  charged       3  5.97 usd
  submitted     3  5.97 usd

  budget      limit  spent  held    room
  batch usd  500.00   5.97  0.00  494.03

  planned by    billing-agent
  submitted by  ana
  approved by   ben
  vault keys    vk_id_7k2mbcdf
  at Stripe     search for metadata['sluice_batch']:'overdue-20261122-7k2m'
  journal head  1712:9f3c0a5be1d2c4f7

  """

let declinesText = """
  1,200 charged 120.00 usd · 7 declined · 1 rejected · 1 not charged · 0 need you
  overdue-20261122-7k2m · job file overdue · test · finished

                jobs      amount
  charged      1,200  120.00 usd
  declined         7   39.95 usd
  rejected         1    1.99 usd
  not charged      1    1.99 usd
  submitted    1,209  163.93 usd

  reason                        jobs     amount
  insufficient_funds  declined     5   9.95 usd
  lost_card           declined     2  30.00 usd
  amount_too_small    rejected     1   1.99 usd

  budget      limit   spent  held    room
  batch usd  500.00  120.00  0.00  380.00

  planned by    billing-agent
  submitted by  ana
  approved by   ben
  vault keys    vk_id_7k2mbcdf
  at Stripe     search for metadata['sluice_batch']:'overdue-20261122-7k2m'
  journal head  1712:9f3c0a5be1d2c4f7

  """

let inDoubtText = """
  1 charged 1.99 usd · 2 processing 3.98 usd · 2 need you
  overdue-20261122-7k2m · job file overdue · test · halted

  Halted at job #3 (interrupted): it was interrupted.
  To go on:
    sluice run overdue-20261122-7k2m

  2 jobs need you: nobody knows yet whether money moved, so it stays held.
    #2  cus_2  in_2  1.99 usd  unknown
        Stripe shows nothing of overdue-20261122-7k2m#2, which does not prove that
        nothing happened
    #3  cus_3  in_3  42.00 usd  in doubt
  2 jobs are processing: Stripe has taken them and has not finished.
  To ask Stripe:
    sluice settle overdue-20261122-7k2m

              jobs     amount
  charged        1   1.99 usd
  processing     2   3.98 usd
  in doubt       1  42.00 usd
  unknown        1   1.99 usd
  submitted      5  49.96 usd

  budget      limit  spent   held    room
  batch usd  500.00   1.99  47.97  450.04

  planned by    billing-agent
  submitted by  ana
  approved by   ben
  vault keys    vk_id_7k2mbcdf
  at Stripe     search for metadata['sluice_batch']:'overdue-20261122-7k2m'
  journal head  1712:9f3c0a5be1d2c4f7

  """

let twoCurrenciesText = """
  3 charged 12,500 jpy + 3.98 usd · 3 queued 2,940 jpy · 0 need you
  overdue-20261122-7k2m · job file overdue · sandbox · running
  sandbox: no money moves

  It is running, or its run ended before its last job.
  If nothing runs it, go on:
    sluice run overdue-20261122-7k2m

             jobs      amount
  charged       1  12,500 jpy
                2    3.98 usd
  queued        3   2,940 jpy
  submitted     4  15,440 jpy
                2    3.98 usd

  budget         limit   spent  held     room
  batch jpy  1,000,000  12,500     0  987,500
  batch usd     500.00    3.98  0.00   496.02

  planned by    billing-agent
  submitted by  ana
  approved by   ben
  vault keys    vk_id_7k2mbcdf
  journal head  1712:9f3c0a5be1d2c4f7

  """

let duplicatesText = """
  0 charged 0.00 usd · 2 skipped 3.98 usd · 0 need you
  overdue-20261122-7k2m · job file overdue · sandbox · finished
  sandbox: no money moves

             jobs    amount
  skipped       2  3.98 usd
  submitted     2  3.98 usd

  reason              jobs    amount
  duplicate  skipped     2  3.98 usd

  budget      limit  spent  held    room
  batch usd  500.00   0.00  0.00  500.00

  planned by    billing-agent
  submitted by  ana
  approved by   ben
  vault keys    vk_id_7k2mbcdf
  journal head  1712:9f3c0a5be1d2c4f7

  """
