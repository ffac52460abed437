import Foundation
import Fuzzing
import Support
import Testing

struct FuzzTests {
  private static let folder = String(#filePath.dropLast("/FuzzTests.swift".count))

  @Test(arguments: Reader.allCases)
  func `every input of the corpus is read as it should be`(reader: Reader) throws {
    let folder = Self.folder + "/corpus/" + reader.rawValue
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)

    #expect(names.count > 5)
    for name in names {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
      #expect(reader.findings(on: bytes) == [], "\(reader)/\(name)")
    }
  }

  @Test func `nothing in the corpus is of a reader that there is not`() throws {
    for folder in ["corpus", "dictionaries"] {
      let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder + "/" + folder)
      #expect(Set(names) == Set(Reader.allCases.map(\.rawValue)), "\(folder)")
    }
  }

  /// `Tests/fuzz --seconds 3600` goes on for longer.
  @Test func `the fuzzer finds nothing in the time it is given`() throws {
    let repository = String(Self.folder.dropLast("/Tests/FuzzTests".count))
    let folder = FileManager.default.temporaryDirectory.path + "/sluice-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outcome = try RunningProcess(
      [repository + "/Tests/fuzz", "--seconds", "5"], in: folder,
      environment: ProcessInfo.processInfo.environment
    ).wait(seconds: 1200)

    #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    for reader in Reader.allCases {
      #expect(outcome.output.contains("\(reader.rawValue): "), "\(outcome.output)")
    }
  }
}
