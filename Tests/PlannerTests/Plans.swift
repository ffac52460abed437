import Domain
import Planner
import System
import Testing

/// The jobs of a plan in CSV or JSON Lines.
func jobs(_ plan: String, for given: JobFile? = nil) throws -> [PlannedJob] {
  var jobs: [PlannedJob] = []
  let summary = try PlanReader.read(
    InputFile(bytes: Array(plan.utf8), name: "plan.csv"), for: given ?? jobFile()
  ) { job in
    jobs.append(job)
    return nil
  }
  #expect(summary.jobs == jobs.count)
  return jobs
}

/// Why a plan is refused.
func refusal(
  of plan: String, as format: PlanFormat? = nil, for jobFile: JobFile,
  each: (PlannedJob) throws(Fault) -> String? = { _ in nil }
) -> Fault? {
  refusal(of: Array(plan.utf8), as: format, for: jobFile, each: each)
}

/// Why a plan of these bytes is refused.
func refusal(
  of plan: [UInt8], as format: PlanFormat? = nil, for jobFile: JobFile,
  each: (PlannedJob) throws(Fault) -> String? = { _ in nil }
) -> Fault? {
  do throws(Fault) {
    _ = try PlanReader.read(
      InputFile(bytes: plan, name: "plan.csv"), format: format, for: jobFile, each: each)
    return nil
  } catch {
    return error
  }
}

/// The problems of a plan without the file's name.
func problems(_ plan: String, for given: JobFile? = nil) -> [String] {
  guard let jobFile = try? given ?? jobFile() else { return [] }
  let details = refusal(of: plan, for: jobFile)?.details ?? []
  return details.map { String($0.dropFirst("plan.csv:".count)) }
}
