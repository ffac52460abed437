import Domain
import System
import Testing

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

  @Test func `what a closure produces is read to its first empty piece, once`() throws {
    var pieces: [[UInt8]] = [[1, 2, 3, 4, 5], [6], [], [7]]
    var file = InputFile(name: "made") { pieces.removeFirst() }

    #expect(try bytes(of: &file, chunkBytes: 2) == [1, 2, 3, 4, 5, 6])
    #expect(try bytes(of: &file, chunkBytes: 2) == [])
    #expect(pieces == [[7]])
  }

  @Test func `what a closure throws the reading throws`() {
    var file = InputFile(name: "made") { () throws(Fault) in throw Fault(.badData, "no more") }

    #expect(throws: Fault(.badData, "no more")) { try bytes(of: &file, chunkBytes: 2) }
  }

  @Test func `bytes given back are read again before anything else`() throws {
    var file = InputFile(bytes: [3, 4], name: "made")
    file.putBack([1, 2])

    #expect(try bytes(of: &file, chunkBytes: 8) == [1, 2, 3, 4])
  }
}

/// All that is left of a file, read so many bytes at once.
func bytes(of file: inout InputFile, chunkBytes: Int) throws(Fault) -> [UInt8] {
  var chunk = [UInt8](repeating: 0, count: chunkBytes)
  var bytes: [UInt8] = []
  while true {
    let count = try file.read(into: &chunk)
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// The repository's folder, with a slash at its end.
private let repository = String(
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/")
