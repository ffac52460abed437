import Domain

/// What is wrong at one place of an input file.
package struct Problem: Equatable, Sendable {
  /// Counted from 1.
  package let line: Int
  /// Counted from 1, in Unicode scalars within the line.
  package let column: Int
  package let message: String
}

/// The problems of one input file: the first hundred with their places, and how many there are.
struct ProblemList {
  /// The file as messages name it.
  let file: String
  private(set) var count = 0
  private var listed: [Problem] = []

  static let most = 100

  init(file: String) { self.file = printable(file) }

  mutating func add(_ problem: Problem) {
    count += 1
    if count <= Self.most { listed.append(problem) }
  }

  /// Whether a further problem would only be counted.
  var isFull: Bool { count >= Self.most }

  /// Counts problems beyond those that are listed.
  mutating func addUnlisted(_ more: Int) {
    precondition(isFull, "a problem that could be listed is not")
    count += more
  }

  mutating func add(line: Int, column: Int, _ message: String) {
    add(Problem(line: line, column: column, message: message))
  }

  /// Throws all problems as one fault, in the order of the file; does nothing when there are none.
  func throwIfAny(hint: String) throws(Fault) {
    guard count > 0 else { return }
    let details = listed.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
      .map { "\(file):\($0.line):\($0.column): \($0.message)" }
    let rest = count - details.count
    throw Fault(
      .badData, "\(file): \(counted(count, "problem"))", hint: hint,
      details: rest > 0 ? details + ["... and \(groupedDigits(rest)) more"] : details)
  }
}
