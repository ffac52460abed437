import Foundation

/// The files of the repository that people copy and run.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static let overdueJob = root + "/jobs/overdue.json"
  static let chargesJob = root + "/jobs/charges.json"
  static let overduePlan = root + "/examples/overdue.csv"
  static let terminal = root + "/Tests/Support/terminal.py"
}
