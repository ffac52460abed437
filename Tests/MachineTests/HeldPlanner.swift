import Foundation
import Support

/// A planner whose plan has no end until `end()`.
final class HeldPlanner {
  private let process = Process()
  private let input = Pipe()

  /// Hands a job in, from a shell with these variables.
  init(_ variables: [String] = []) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      Machine.becoming(.agent, .own) + ["env"] + variables + Machine.submitting
    process.environment = Machine.environment
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let plan = Machine.plan(["cus_1,i1,1.99,usd"])
    try input.fileHandleForWriting.write(contentsOf: Data(plan.utf8))
    // It is not waited for without an end.
    let number = process.processIdentifier
    DispatchQueue.global().asyncAfter(deadline: .now() + 60) { [weak process] in
      if process?.isRunning == true { kill(number, SIGKILL) }
    }
  }

  deinit { _ = try? end() }

  /// Ends the plan, and says how the command ended.
  @discardableResult
  func end() throws -> Int32 {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// The number of the process that sudo has started, once it has opened the home.
  func number() throws -> Int32 {
    try waitUntil("the home is open") {
      try ProcessTable.holds(Machine.home + "/sluice.db", user: .billing)
    }
    guard let number = try ProcessTable.numbers(of: .billing).first else {
      throw TestServerError(message: "it has ended")
    }
    return number
  }
}
