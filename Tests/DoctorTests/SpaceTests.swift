import Doctor
import Domain
import Testing

@Suite struct SpaceTests {
  @Test(
    arguments: [
      (Int64(1) << 30, Diagnosis.Level.ok), (100 << 20, .warning), (15 << 20, .problem),
    ])
  func `little room is a warning, next to none a problem`(
    _ bytes: Int64, _ level: Diagnosis.Level
  ) {
    let finding = Examination.space(bytes)

    #expect(finding.level == level)
    #expect([finding].exit == (level == .problem ? .storage : .done))
  }
}
