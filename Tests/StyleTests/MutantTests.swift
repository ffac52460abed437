import Testing

/// The rules that the simulation breaks on purpose can be broken in tests only.
struct MutantTests {
  @Test func `only a debug build has switches for broken rules`() throws {
    let defining = try Repository.file("Package.swift").lines.filter { $0.contains("MUTANTS") }

    #expect(
      defining == [
        #"let mutants = SwiftSetting.define("MUTANTS", .when(configuration: .debug))"#
      ])
  }

  @Test func `nothing in the program switches a broken rule on`() throws {
    let switching = try Repository.files(under: "Sources", ".swift").filter { file in
      file.lines.contains { $0.contains("$active") || $0.contains("Mutant.active") }
    }

    #expect(switching.map(\.path) == [])
  }

  @Test func `without the switches every rule holds`() throws {
    let lines = try Repository.file("Sources/Domain/Mutant.swift").lines.map(trimmed)
    let otherwise = lines.drop { $0 != "#else" }.dropFirst().prefix { $0 != "#endif" }

    #expect(lines.contains("#if MUTANTS"))
    #expect(otherwise.last == "@inlinable package var isOn: Bool { false }")
  }
}
