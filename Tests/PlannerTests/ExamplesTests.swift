import Domain
import Planner
import System
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct ExamplesTests {
  @Test func `every job file of the repository is read, and none begins as another does`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: repository + "jobs")
      .filter { $0.hasSuffix(".json") }

    let names = try files.map { try JobFileReader.read(path: repository + "jobs/\($0)").name }

    #expect(Set(names).isSuperset(of: ["overdue", "charges", "invoices", "refunds"]))
    for (name, file) in zip(names, files) { #expect(file.hasSuffix(name + ".json")) }
    // A beginning names a batch, so that "overdue" alone must mean one job file.
    for name in names { #expect(names.filter { $0.hasPrefix(name) } == [name]) }
  }

  @Test func `the job file for invoices asks Stripe, and the one for refunds shares no key`() throws
  {
    let invoices = try JobFileReader.read(path: repository + "jobs/overdue-invoices.json")
    let refunds = try JobFileReader.read(path: repository + "jobs/refunds.json")

    #expect(invoices.source == .stripe(overdueDays: 15))
    #expect(Set(invoices.policy.caps.map(\.per)) == [.batch, .day])
    #expect(refunds.operation.family == .refund)
    #expect(refunds.approval.fourEyes == nil)
    #expect(
      refunds.policy.batchCaps.allSatisfy { cap in
        invoices.policy.batchCaps.contains { $0.minorUnits > cap.minorUnits }
      })
  }

  @Test(arguments: ["overdue", "charges"])
  func `the job files of the repository read their source`(name: String) throws {
    let jobFile = try JobFileReader.read(path: repository + "jobs/\(name).json")
    let source = try input(of: jobFile)
    var jobs: [PlannedJob] = []

    let summary = try PlanReader.read(source, for: jobFile) { job in
      jobs.append(job)
      return nil
    }

    #expect(jobFile.name == name)
    #expect(summary.jobs == 847)
    #expect(Set(jobs.map(\.reference)).count == 847)
    #expect(jobs.map(\.amount.minorUnits).reduce(0, +) == 171_217)
    #expect(jobs.map(\.amount.minorUnits).min() == 50)
    #expect(jobs.map(\.amount.minorUnits).max() == 400)
    #expect(jobs.first?.description == "Overdue INV-2026-04819")
    #expect(jobs.contains { $0.paymentMethod != nil } == (name == "overdue"))
  }

  @Test func `every kind of answer stands within the first hundred accounts`() throws {
    let jobFile = try JobFileReader.read(path: repository + "jobs/charges.json")
    let source = try input(of: jobFile)
    var accounts: [String] = []
    _ = try PlanReader.read(source, for: jobFile) { job in
      accounts.append(job.account)
      return nil
    }

    for kind in [
      "cus_decline_generic_decline_01", "cus_decline_insufficient_funds_02",
      "cus_decline_expired_card_03", "cus_decline_lost_card_04", "cus_decline_do_not_honor_05",
      "cus_authentication_required_06", "cus_processing_07", "cus_rate_limit_08",
      "cus_error_500_charged_09", "cus_lost_answer_10", "cus_no_payment_method_11",
      "cus_missing_12",
    ] {
      #expect(accounts.prefix(100).contains(kind), "\(kind)")
    }
  }
}

/// The repository's folder, with a slash at its end.
private let repository = String(
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/")

private func input(of jobFile: JobFile) throws -> InputFile {
  guard let source = jobFile.source, let input = try source.open() else {
    throw Fault(.usage, "\(jobFile.name) reads no file")
  }
  return input
}
