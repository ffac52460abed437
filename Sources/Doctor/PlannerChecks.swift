internal import Domain
internal import Journal
internal import Planner
internal import System

/// How much planners may queue, where a file says so: one that cannot be read lets none through.
extension Examination {
  func examinePlanners() {
    let path = patient.home.plannersPath
    guard (try? Files.facts(of: path)) != nil else { return }
    add("planners") { () throws(Fault) in
      _ = try QuotaFile.read(path: path)
      return .ok("planners", "the quotas in planners.json can be read")
    }
  }
}
