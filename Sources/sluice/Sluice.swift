import CLI

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The program: its words to the door, the door's answer to the shell.
@main
struct Sluice {
  static func main() {
    let process = ProcessInfo.processInfo
    Door.exit(Array(process.arguments.dropFirst()), environment: process.environment)
  }
}
