// swift-tools-version: 6.3

import PackageDescription

/// The settings of the two C wrappers: the only targets where a pointer is nothing to remark on.
let wrapper: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The settings of every other target: unsafe code does not pass unnoticed.
let settings: [SwiftSetting] = wrapper + [.strictMemorySafety()]

/// Rules that a test can break on purpose, in builds that are never shipped.
let mutants = SwiftSetting.define("MUTANTS", .when(configuration: .debug))

let package = Package(
  name: "sluice",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "sluice", targets: ["sluice"])],
  targets: [
    // Values: what the flow is about.
    .target(name: "Domain", swiftSettings: settings + [mutants]),
    .target(name: "JSON", dependencies: ["Domain"], swiftSettings: settings),

    // The outside: C libraries, files, signals, the terminal.
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    .systemLibrary(name: "CSystem"),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: wrapper),
    .target(name: "HTTP", dependencies: ["CCurl"], swiftSettings: wrapper),
    .target(name: "System", dependencies: ["Domain", "CSystem"], swiftSettings: settings),

    // The record everything is written to.
    .target(
      name: "Journal", dependencies: ["Domain", "JSON", "System", "SQLite"],
      resources: [.embedInCode("Schema.sql")], swiftSettings: settings),

    // The flow: Planner -> Queue -> Approval -> Worker -> Vault -> Stripe -> Report.
    .target(name: "Planner", dependencies: ["Domain", "JSON", "System"], swiftSettings: settings),
    .target(
      name: "Queue", dependencies: ["Domain", "JSON", "SQLite", "Journal"],
      swiftSettings: settings),
    .target(
      name: "Approval", dependencies: ["Domain", "JSON", "SQLite", "Journal", "Queue"],
      swiftSettings: settings),
    .target(
      name: "Vault", dependencies: ["Domain", "JSON", "SQLite", "Journal"],
      swiftSettings: settings),
    // Audit: rebuilds the tables from the journal and compares.
    .target(
      name: "Audit",
      dependencies: [
        "Domain", "JSON", "System", "SQLite", "Journal", "Queue", "Approval", "Vault",
      ],
      swiftSettings: settings),
    .target(
      name: "Stripe", dependencies: ["Domain", "JSON", "System", "HTTP", "Vault"],
      swiftSettings: settings),
    .target(
      name: "Sandbox", dependencies: ["Domain", "JSON", "System", "SQLite", "Vault", "Stripe"],
      swiftSettings: settings),
    .target(
      name: "Worker",
      dependencies: [
        "Domain", "JSON", "System", "SQLite", "Journal", "Queue", "Approval", "Vault", "Audit",
        "Stripe",
      ],
      swiftSettings: settings),
    .target(
      name: "Report", dependencies: ["Domain", "JSON", "Journal", "Queue", "Approval"],
      resources: [.embedInCode("HTMLReport.css"), .embedInCode("HTMLReport.js")],
      swiftSettings: settings),

    // Tells people who are not looking.
    .target(
      name: "Notice", dependencies: ["Domain", "JSON", "HTTP", "Journal", "Queue"],
      swiftSettings: settings),

    // One use case per request, for every door.
    .target(
      name: "Service",
      dependencies: [
        "Domain", "JSON", "System", "Journal", "Planner", "Queue", "Approval", "Vault", "Stripe",
        "Notice",
      ],
      swiftSettings: settings),

    // Looks at everything a home needs, and says what is wrong.
    .target(
      name: "Doctor",
      dependencies: [
        "Domain", "JSON", "System", "SQLite", "Journal", "Planner", "Queue", "Approval", "Vault",
        "Audit", "Stripe", "Worker", "Notice",
      ],
      swiftSettings: settings),

    // The doors: an agent's, and a person's.
    .target(
      name: "MCP", dependencies: ["Domain", "JSON", "System", "Approval", "Queue", "Service"],
      swiftSettings: settings),
    .target(
      name: "CLI",
      dependencies: [
        "Domain", "JSON", "System", "Journal", "Planner", "Queue", "Approval", "Vault", "Audit",
        "Stripe", "Sandbox", "Worker", "Report", "Service", "Notice", "Doctor", "MCP",
      ],
      swiftSettings: settings),
    .executableTarget(name: "sluice", dependencies: ["CLI"], swiftSettings: settings),

    // Tests, room by room, then across them.
    .target(
      name: "Support",
      dependencies: [
        "Domain", "SQLite", "HTTP", "Journal", "Queue", "Approval", "Vault", "Stripe", "Sandbox",
        "Worker",
      ],
      path: "Tests/Support",
      exclude: ["localstripe_server.py", "stripe_server.py", "terminal.py", "webhook_server.py"],
      swiftSettings: settings),
    .target(
      name: "Fuzzing",
      dependencies: [
        "Domain", "JSON", "System", "Journal", "Planner", "Queue", "Vault", "Stripe", "Service",
        "MCP",
      ],
      path: "Tests/FuzzTests/Readers", swiftSettings: settings),
    .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: settings),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
    .testTarget(name: "HTTPTests", dependencies: ["HTTP", "Support"], swiftSettings: settings),
    .testTarget(
      name: "SystemTests", dependencies: ["Domain", "System"], swiftSettings: settings),
    .testTarget(
      name: "JournalTests",
      dependencies: [
        "Domain", "JSON", "System", "SQLite", "Journal", "Queue", "Vault", "Stripe", "Support",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "PlannerTests", dependencies: ["Domain", "System", "Planner"], swiftSettings: settings),
    .testTarget(
      name: "QueueTests",
      dependencies: ["Domain", "SQLite", "Journal", "Queue", "Approval", "Support"],
      swiftSettings: settings),
    .testTarget(
      name: "ApprovalTests",
      dependencies: [
        "Domain", "JSON", "Journal", "Queue", "Approval", "Vault", "Stripe", "Support",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "AuditTests",
      dependencies: [
        "Domain", "SQLite", "Journal", "Queue", "Approval", "Vault", "Audit", "Stripe", "Support",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "StripeTests", dependencies: ["Domain", "Vault", "Stripe", "Support"],
      swiftSettings: settings),
    .testTarget(
      name: "SandboxTests",
      dependencies: ["Domain", "JSON", "Queue", "Stripe", "Sandbox", "Support"],
      swiftSettings: settings),
    .testTarget(
      name: "WorkerTests",
      dependencies: [
        "Domain", "JSON", "Journal", "Queue", "Approval", "Vault", "Stripe", "Worker", "Support",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "Domain", "CSQLite", "SQLite", "Journal", "Queue", "Approval", "Vault", "Audit", "Stripe",
        "Worker", "Support",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ReportTests", dependencies: ["Domain", "JSON", "Journal", "Queue", "Report"],
      swiftSettings: settings),
    .testTarget(
      name: "NoticeTests",
      dependencies: ["Domain", "JSON", "Journal", "Queue", "Audit", "Notice", "Support"],
      swiftSettings: settings),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "Domain", "Journal", "Planner", "Queue", "Approval", "Audit", "Service", "Notice",
        "Support",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "DoctorTests", dependencies: ["Domain", "Doctor"], swiftSettings: settings),
    .testTarget(
      name: "MCPTests", dependencies: ["Support", "sluice"],
      exclude: ["client.py", "hostile.py"], swiftSettings: settings),
    .testTarget(name: "CLITests", dependencies: ["Domain", "CLI"], swiftSettings: settings),
    .testTarget(
      name: "CommandTests", dependencies: ["SQLite", "Sandbox", "Report", "Support", "sluice"],
      swiftSettings: settings),
    .testTarget(
      name: "CrashTests",
      dependencies: [
        "Domain", "SQLite", "System", "Journal", "Queue", "Stripe", "Support", "sluice",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ExamplesTests", dependencies: ["Support", "sluice"],
      exclude: ["openai_server.py"], swiftSettings: settings),
    .testTarget(
      name: "MachineTests", dependencies: ["Support", "sluice"], exclude: ["remove"],
      swiftSettings: settings),
    .testTarget(
      name: "SchemaTests", dependencies: ["Domain", "Journal", "Queue", "Support", "sluice"],
      exclude: ["validate.py"], swiftSettings: settings),
    .testTarget(
      name: "OracleTests", dependencies: ["HTTP", "Support", "sluice"], exclude: ["front.py"],
      swiftSettings: settings),
    .testTarget(
      name: "ConcurrencyTests", dependencies: ["SQLite", "Support", "sluice"],
      swiftSettings: settings),
    .testTarget(
      name: "PageTests", dependencies: ["Support", "sluice"], exclude: ["browser.py"],
      swiftSettings: settings),
    .testTarget(
      name: "FuzzTests", dependencies: ["Fuzzing", "Support"],
      exclude: ["Readers", "corpus", "dictionaries"], swiftSettings: settings),
    .testTarget(name: "StyleTests", dependencies: ["Domain"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
