/// What the manifest says, read as text: one `.target(` and its kin after another.
struct Manifest {
  struct Target: Equatable {
    let kind: String
    let name: String
    let dependencies: [String]
  }

  let targets: [Target]
  let hasPackages: Bool

  init(_ text: String) {
    let kinds = ["target", "systemLibrary", "executableTarget", "testTarget"]
    let pieces = text.split(separator: "\n    .").dropFirst()
    targets = pieces.compactMap { piece in
      let kind = String(piece.prefix { $0.isLetter })
      guard kinds.contains(kind), let name = Self.strings(after: "name:", in: piece).first else {
        return nil
      }
      let dependencies = Self.strings(after: "dependencies: [", in: piece.prefix { $0 != "]" })
      return Target(kind: kind, name: name, dependencies: dependencies)
    }
    hasPackages = text.contains(".package(")
  }

  /// Dependencies on a target that is not listed above.
  var pointingBack: [String] {
    targets.indices.flatMap { index in
      let above = Set(targets[..<index].map(\.name))
      return targets[index].dependencies.filter { !above.contains($0) }
        .map { "\(targets[index].name) -> \($0)" }
    }
  }

  /// Modules a file imports though its target does not list them.
  func unlisted(importedBy file: SourceFile) -> [String] {
    let room = file.path.split(separator: "/")[1]
    guard let target = targets.first(where: { $0.name == room }) else {
      return [file.finding(0, "no target \(room)")]
    }
    let ours = Set(targets.map(\.name))
    return file.lines.indices.compactMap { index in
      let words = file.lines[index].split(separator: " ")
      guard words.count >= 2, words[words.count - 2] == "import" else { return nil }
      let module = String(words[words.count - 1])
      guard ours.contains(module), !target.dependencies.contains(module) else { return nil }
      return file.finding(index, "\(room) may not import \(module)")
    }
  }

  /// The string literals that follow a label.
  private static func strings(after label: String, in text: some StringProtocol) -> [String] {
    guard let rest = String(text).split(separator: label, maxSplits: 1).dropFirst().first else {
      return []
    }
    return rest.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}
