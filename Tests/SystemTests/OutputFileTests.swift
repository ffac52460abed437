import Domain
import Foundation
import System
import Testing

@Suite final class OutputFileTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test func `a file has its name only when it is finished`() throws {
    try write("old", to: "report")

    let file = try OutputFile(path: folder + "/report")
    try file.write("new")

    #expect(try read("report") == "old")
    try file.finish()
    #expect(try read("report") == "new")
    #expect(try names() == ["report"])
  }

  @Test func `what was not finished leaves nothing behind`() throws {
    try write("old", to: "report")

    do {
      let file = try OutputFile(path: folder + "/report")
      try file.write("half")
    }

    #expect(try read("report") == "old")
    #expect(try names() == ["report"])
  }

  @Test func `a link is followed and stays a link`() throws {
    try write("old", to: "report")
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/latest", withDestinationPath: "report")

    let file = try OutputFile(path: folder + "/latest")
    try file.write("new")
    try file.finish()

    #expect(try read("report") == "new")
    #expect(try names() == ["latest", "report"])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/latest") == "report")
  }

  @Test func `what has the name of the unfinished file is replaced, not written to`() throws {
    try write("precious", to: "other")
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/report.new", withDestinationPath: "other")

    let file = try OutputFile(path: folder + "/report")
    try file.write("new")
    try file.finish()

    #expect(try read("other") == "precious")
    #expect(try read("report") == "new")
    #expect(try names() == ["other", "report"])
  }

  @Test func `a folder, a device or a pipe keeps its place`() throws {
    #expect(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/device", withDestinationPath: "/dev/null")

    for path in [folder, folder + "/pipe", folder + "/device"] {
      #expect(
        throws: Fault(
          .usage, "\(path) is a folder, a device or a pipe", hint: "name a plain file")
      ) {
        let file = try OutputFile(path: path)
        try file.finish()
      }
    }
    #expect(try names() == ["device", "pipe"])
  }

  @Test func `a folder that is not there is no input`() {
    let path = folder + "/gone/report"

    #expect(
      throws: Fault(
        .notFound, "\(path) cannot be written: its folder is not there",
        hint: "make the folder, or name another file")
    ) {
      let file = try OutputFile(path: path)
      try file.finish()
    }
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }
}
