import Domain
import Testing

@Suite struct SchemaTests {
  let schema: SourceFile

  init() throws { schema = try Repository.file("Sources/Journal/Schema.sql") }

  @Test func `tables are strict and every rule has a name`() {
    let sample = file(
      """
      -- CHECK (this is prose)
      CREATE TABLE good (
        one INTEGER NOT NULL,  -- UNIQUE in prose
        CONSTRAINT good_pk PRIMARY KEY (one),
        CONSTRAINT good_one CHECK (one = 1)
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX good_two ON good (one);
      CREATE TABLE bad (
        one INTEGER CHECK (one = 1) UNIQUE,
        FOREIGN KEY (one) REFERENCES good (one)
      );
      """)

    #expect(
      SchemaRules.findings(sample) == [
        "Sample.swift:9: CHECK ( without a name", "Sample.swift:9: UNIQUE without a name",
        "Sample.swift:10: FOREIGN KEY without a name", "Sample.swift:10: REFERENCES without a name",
        "Sample.swift:11: not STRICT",
      ])
    expectNothing(in: [schema], SchemaRules.findings)
  }

  @Test func `the schema's states are the domain's`() {
    #expect(SchemaRules.words(of: "job_state", in: schema) == words(JobState.self))
    #expect(SchemaRules.words(of: "batch_state", in: schema) == words(BatchState.self))
    #expect(SchemaRules.words(of: "hold_state", in: schema) == words(HoldState.self))
    #expect(SchemaRules.words(of: "home_mode", in: schema) == words(Mode.self))
    #expect(SchemaRules.words(of: "batch_family", in: schema) == words(Family.self))
    #expect(
      SchemaRules.words(of: "job_operation", in: schema) == Set(Operation.allCases.map(\.rawValue)))
  }

  @Test func `the index on references covers exactly the states that take one`() {
    let taking = JobState.allCases.filter(\.takesReference).map(\.rawValue)

    #expect(SchemaRules.words(of: "job_reference_taken", in: schema) == Set(taking))
  }

  @Test func `the index of unsettled jobs covers exactly the states that hold money`() {
    let held = JobState.allCases.filter(\.isHeld).map(\.rawValue)

    #expect(SchemaRules.words(of: "job_unsettled", in: schema) == Set(held))
  }

  private func words<State: RawRepresentable<String> & CaseIterable>(
    _: State.Type
  ) -> Set<String> {
    Set(State.allCases.map(\.rawValue))
  }
}
