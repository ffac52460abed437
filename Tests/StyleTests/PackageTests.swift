import Testing

@Suite struct PackageTests {
  let manifest: Manifest

  init() throws {
    manifest = Manifest(try Repository.file("Package.swift").lines.joined(separator: "\n"))
  }

  @Test func `the manifest is read`() {
    let sample = Manifest(sampleManifest)

    #expect(
      sample.targets == [
        .init(kind: "target", name: "Domain", dependencies: []),
        .init(kind: "systemLibrary", name: "CSQLite", dependencies: []),
        .init(kind: "target", name: "Queue", dependencies: ["Domain", "Worker"]),
        .init(kind: "target", name: "Worker", dependencies: ["Queue"]),
      ])
    #expect(sample.hasPackages)
    #expect(manifest.targets.count > 15)
  }

  @Test func `a target depends only on what is listed above it`() {
    #expect(Manifest(sampleManifest).pointingBack == ["Queue -> Worker"])
    #expect(manifest.pointingBack == [])
  }

  @Test func `the rooms stand in the order of the flow`() {
    let flow = ["Planner", "Queue", "Approval", "Vault", "Stripe", "Worker", "Report", "CLI"]

    #expect(manifest.targets.map(\.name).filter(flow.contains) == flow)
  }

  @Test func `the tests stand in the order of what they test`() {
    let rooms = manifest.targets.filter { $0.kind != "testTarget" }.map { $0.name + "Tests" }
    let tests = manifest.targets.filter { $0.kind == "testTarget" }.map(\.name)

    #expect(tests.filter(rooms.contains) == rooms.filter(tests.contains))
  }

  @Test func `nothing but the program itself reaches up to the door`() {
    let reaching = manifest.targets.filter { $0.dependencies.contains("CLI") }

    #expect(reaching.filter { $0.kind != "testTarget" }.map(\.name) == ["sluice"])
  }

  @Test func `a room imports only what the manifest lists for it`() throws {
    let bad = SourceFile(
      path: "Sources/Queue/Bad.swift", text: "import Domain\npackage import CSQLite")

    #expect(
      Manifest(sampleManifest).unlisted(importedBy: bad)
        == ["Sources/Queue/Bad.swift:2: Queue may not import CSQLite"])
    expectNothing(
      in: try Repository.files(under: "Sources", ".swift"), manifest.unlisted(importedBy:))
  }

  @Test func `no other package is needed`() {
    #expect(!manifest.hasPackages)
  }

  @Test func `the top of the repository is the tree that the manual shows`() throws {
    let expected: Set = ["Package.swift", "README.md", "Sources", "Tests", "examples", "jobs"]
    let ignored: Set = ["Package.resolved"]

    #expect(Set(try Repository.topLevel()).subtracting(ignored).subtracting(expected) == [])
  }
}

private let sampleManifest = """
  let package = Package(
    dependencies: [.package(url: "https://example.com/x", from: "1.0.0")],
    targets: [
      // Values.
      .target(name: "Domain", swiftSettings: settings),
      .systemLibrary(
        name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
      .target(
        name: "Queue",
        dependencies: [
          "Domain", "Worker",
        ],
        swiftSettings: settings),
      .target(name: "Worker", dependencies: ["Queue"], swiftSettings: settings),
    ])
  """.split(separator: "\n").map { $0.hasPrefix("      .") ? $0.dropFirst(2) : $0 }
  .joined(separator: "\n")
