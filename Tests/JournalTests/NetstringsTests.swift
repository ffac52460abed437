import Domain
import JSON
import Journal
import Testing

struct NetstringsTests {
  @Test func `fields are written as their documentation says`() {
    let bytes = Netstrings(["ab", "", nil, "é"]).bytes

    #expect(String(decoding: bytes, as: UTF8.self) == "2:ab,0:,~2:é,")
  }

  @Test func `no two lists of fields give the same bytes`() {
    let lists: [[String?]] = [
      ["a", "b"], ["ab"], ["ab", ""], ["", "ab"], ["a", nil, "b"], ["1:a,", "b"], ["~"], [nil], [],
      [nil, nil],
    ]

    #expect(Set(lists.map { Netstrings($0).bytes }).count == lists.count)
  }
}

struct TermsTests {
  @Test func `terms read back from their canonical form are the same`() throws {
    let usd = try #require(Currency("usd"))
    let kwd = try #require(Currency("kwd"))
    let policy = Policy(
      name: "overdue",
      allowedOperations: [.job(.paymentIntentsCreate), .read(.customersRetrieve)],
      caps: [
        Cap(per: .batch, limit: Money(minorUnits: 50_000, currency: usd)),
        Cap(per: .day, limit: Money(minorUnits: 10, currency: kwd)),
      ],
      maxPerJob: [Money(minorUnits: 9900, currency: usd)], maxJobs: 2000, accounts: ["cus_1"],
      expiresIn: .hours(1))
    let jobFile = JobFile(
      name: "overdue", description: nil, operation: .paymentIntentsCreate, currency: usd,
      source: nil, columns: [:], fields: [:], policy: policy,
      approval: ApprovalRule(fourEyes: nil, expiresIn: .hours(24)),
      halt: HaltRule(declinedInARow: 10, rejectedInARow: 3, unreachableInARow: 5), bytes: [])

    let terms = Terms(jobFile, mode: .live)

    #expect(terms.fourEyes)
    #expect(!Terms(jobFile, mode: .test).fourEyes)
    #expect(try Terms(text: terms.json.text) == terms)
    #expect(try Policy(text: policy.json.text) == policy)
    #expect(throws: Fault.self) { try Terms(text: "{}") }
  }
}
