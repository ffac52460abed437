package import Domain
package import System

extension JobSource {
  /// How its jobs are written; nil for Stripe, whose invoices are asked for rather than read.
  package var format: PlanFormat? {
    switch self {
    case .csv: .csv
    case .jsonLines: .jsonLines
    case .command(_, let format, _): format
    case .stripe: nil
    }
  }

  /// Opens the file, or starts the command, that the jobs are read from; nil for Stripe.
  ///
  /// What a command writes to standard error is shown when it fails, without the lines that hold a
  /// secret.
  package func open() throws(Fault) -> InputFile? {
    switch self {
    case .csv(let path), .jsonLines(let path): return try InputFile(path: path)
    case .command(let words, _, let folder):
      return try InputFile(command: words, folder: folder, shown: Secrets.lineOrRemark)
    case .stripe: return nil
    }
  }
}
