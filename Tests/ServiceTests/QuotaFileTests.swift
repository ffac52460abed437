import Domain
import Foundation
import Journal
import Planner
import Support
import Testing

@Suite struct QuotaFileTests {
  @Test func `without a file every planner has the usual quota`() throws {
    let home = try TestHome()

    let quota = try QuotaFile.read(path: home.home.plannersPath).quota(of: "agent")

    #expect(quota == Quota())
    #expect((quota.openBatches, quota.jobsPerBatch, quota.jobsPerHour) == (20, 10_000, 20_000))
    #expect(quota.totalPerBatch == [])
  }

  @Test func `a planner's own quota overrides the default, member by member`() throws {
    let file = try read(
      """
      {"planners": {"agent": {"jobs_per_hour": 5,
         "total_per_batch": [{"amount": "10.00", "currency": "usd"}]}},
       "default": {"open_batches": 2, "jobs_per_batch": 7}}
      """)

    let agent = file.quota(of: "agent")
    #expect((agent.openBatches, agent.jobsPerBatch, agent.jobsPerHour) == (2, 7, 5))
    #expect(agent.totalPerBatch == [Money(minorUnits: 1000, currency: .usd)])
    #expect(file.quota(of: "other").jobsPerHour == 20_000)
    #expect(file.quota(of: "other").openBatches == 2)
  }

  @Test(arguments: [
    (#"{"default": {"open_batch": 1}}"#, "unknown key, did you mean \"open_batches\"?"),
    (#"{"quota": {}}"#, "unknown key"),
    (#"{"default": {"jobs_per_hour": 0}}"#, "must be an integer from 1"),
    (#"{"planners": {"a": {"total_per_batch": [{"amount": "1"}]}}}"#, "currency: missing"),
    (#"{"default": {"#, "expected"), ("[]", "must be an object"),
  ])
  func `what is wrong is told with its place`(_ text: String, _ problem: String) throws {
    let fault = #expect(throws: Fault.self) { try read(text) }

    #expect(fault?.exit == .badData)
    #expect(
      fault?.details.contains { $0.contains(problem) } == true, "\(String(describing: fault))")
  }

  private func read(_ text: String) throws -> QuotaFile {
    let home = try TestHome()
    try Data(text.utf8).write(to: URL(fileURLWithPath: home.home.plannersPath))
    return try QuotaFile.read(path: home.home.plannersPath)
  }
}
