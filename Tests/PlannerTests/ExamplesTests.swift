import Domain
import Planner
import System
import Testing

@Suite struct ExamplesTests {
  @Test(arguments: ["overdue", "charges"])
  func `the job files of the repository read their source`(name: String) throws {
    let jobFile = try JobFileReader.read(path: repository + "jobs/\(name).json")
    let source = try #require(jobFile.sourcePath)
    var jobs: [PlannedJob] = []

    let summary = try PlanReader.read(InputFile(path: source), for: jobFile) { job in
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
    let source = try #require(jobFile.sourcePath)
    var accounts: [String] = []
    _ = try PlanReader.read(InputFile(path: source), for: jobFile) { job in
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

@Suite struct InputFileTests {
  @Test func `a file that is not there is named`() {
    #expect(
      refusal(of: "no/overdue.csv")
        == Fault(.notFound, "no/overdue.csv: no such file", hint: "check the path"))
  }

  @Test func `a folder is named`() {
    #expect(refusal(of: repository + "jobs")?.exit == .notFound)
    #expect(refusal(of: repository + "jobs")?.message.hasSuffix("jobs is a folder") == true)
  }

  @Test func `a file over the limit is refused`() {
    let fault = refusal(of: repository + "jobs/overdue.json", limit: 100)

    #expect(fault?.exit == .badData)
    #expect(fault?.message.hasSuffix("overdue.json is larger than 100 bytes") == true)
  }

  private func refusal(of path: String, limit: Int = 1000) -> Fault? {
    do throws(Fault) {
      _ = try InputFile.readAll(path: path, limit: limit)
      return nil
    } catch {
      return error
    }
  }
}

/// The repository's folder, with a slash at its end.
private let repository = String(
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/")
