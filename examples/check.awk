# Recounts a report (JSON, a line for every brace: tr '{' '\n') from its jobs alone.
#
# Needs: jobs, money and cap, what there must be, the money in cents.

function text(name) {
  if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
  return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
}

function number(name) {
  if (!match($0, "\"" name "\":[0-9]+")) return -1
  return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0
}

function decimal(cents) { return sprintf("%d.%02d", int(cents / 100), cents % 100) }

function expect(what, found, expected) {
  if (found == expected) return
  printf "%s: %s, where %s was expected\n", what, found, expected
  differs = 1
}

BEGIN {
  names = "charged declined rejected processing in_doubt unknown not_charged skipped queued"
  headings = split(names, heading, " ")
}

/^"scope":"batch"/ { limit = number("limit"); spent = number("spent"); held = number("held") }

/^"submitted":/ { for (i = 1; i <= headings; i++) told[heading[i]] = number(heading[i]) }

/^"currency":"usd","submitted":/ {
  for (i = 1; i <= headings; i++) told_money[heading[i]] = number(heading[i])
}

/^"number":/ {
  expect("a job's number", number("number"), ++total)
  total_money += number("amount")
  count[text("outcome")]++
  sum[text("outcome")] += number("amount")
  if (text("outcome") == "charged") {
    expect("earlier charges of " text("account"), charged_account[text("account")]++ + 0, 0)
    expect("earlier uses of " text("object"), charged_object[text("object")]++ + 0, 0)
  }
}

END {
  expect("jobs", total + 0, jobs)
  expect("money of all jobs", total_money + 0, money)
  for (i = 1; i <= headings; i++) {
    expect(heading[i], told[heading[i]], count[heading[i]] + 0)
    expect(heading[i] " money", told_money[heading[i]], sum[heading[i]] + 0)
    headed += count[heading[i]]
  }
  expect("jobs under a heading", headed + 0, jobs)
  expect("cap", limit, cap)
  expect("spent", spent, sum["charged"] + 0)
  if (spent + held > cap) expect("spent and held", spent + held, "at most " cap)
  if (differs) exit 1
  printf "%d jobs, each under one heading, %s usd in all;\n", total, decimal(total_money)
  printf "%d accounts charged %s usd, none of them twice; the cap is %s\n", \
    count["charged"], decimal(spent), decimal(cap)
}
