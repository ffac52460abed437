internal import Approval
internal import Domain
internal import Report
internal import System

extension Session {
  /// Writes text for a person, a screen at a time where it is longer than the terminal.
  func writePaged(_ text: String) throws(Fault) {
    if let pager, let screen = Terminal.screen, text.lines(of: screen.columns) >= screen.lines {
      let surroundings = environment.filter { !$0.key.hasPrefix("STRIPE_") }
      if Pager.show(text, through: pager, environment: surroundings) { return }
    }
    try write(text)
  }

  /// The command of `$PAGER`, which an empty one or `cat` turns off; otherwise `less`, which leaves
  /// the text on the screen.
  private var pager: [String]? {
    guard let chosen = environment["PAGER"] else { return ["less", "-FRX"] }
    return chosen.isEmpty || chosen == "cat" ? nil : ["/bin/sh", "-c", chosen]
  }
}

extension String {
  /// How many lines of a terminal it takes.
  fileprivate func lines(of columns: Int) -> Int {
    split(separator: "\n", omittingEmptySubsequences: false).dropLast().reduce(0) {
      $0 + max(1, (Layout.width(of: $1) + columns - 1) / columns)
    }
  }
}
