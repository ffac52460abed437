import Foundation
import Support
import Testing

extension MachineTests {
  /// Who is who under four eyes: by the kernel's login, which sudo leaves alone.
  @Suite struct LoginTests {
    let machine: Machine

    init() throws {
      machine = try Machine()
      let text = try String(contentsOfFile: Machine.jobFile, encoding: .utf8)
        .replacing("\"approval\": {", with: "\"approval\": { \"four_eyes\": true,")
      try Data(text.utf8).write(to: URL(fileURLWithPath: Machine.jobFile))
    }

    /// A plan handed in by the agent, from a login.
    private func submitted(from login: Login) throws -> String {
      let outcome = try machine.run(
        Machine.submitting, as: .agent, login: login, input: Machine.plan(["cus_1,i1,1.99,usd"]))
      return try #require(
        outcome.output.split(separator: ":").first.map(String.init), "\(outcome)")
    }

    private func approve(
      _ batch: String, as user: User, login: Login = .own
    ) throws -> Outcome {
      try machine.decide(
        ["approve", "--home", Machine.home, batch, "--digest", try Machine.digest(of: batch)],
        as: user, login: login)
    }

    @Test func `an agent's plan is approved by a person`() throws {
      let batch = try submitted(from: .own)

      let outcome = try approve(batch, as: .ana)
      try Machine.sluice("run \(batch) --quiet")

      #expect(outcome.status == 0, "\(outcome)")
      let report = try Machine.document("report \(batch)")
      #expect(report["submitted_by"] as? String == User.agent.name)
      #expect((report["counts"] as? [String: Int])?["charged"] == 1)
    }

    @Test func `who submitted through the agent's account needs another person`() throws {
      let batch = try submitted(from: .of(.ana))

      let own = try approve(batch, as: .ana)
      let other = try approve(batch, as: .ben)

      #expect(own.status == 77 && own.error.contains("another person has to approve it"), "\(own)")
      #expect(other.status == 0, "\(other)")
    }

    @Test func `who amended a batch needs another person`() throws {
      let batch = try submitted(from: .own)
      #expect(try approve(batch, as: .ana).status == 0)
      let amended = try machine.decide(
        ["amend", "--home", Machine.home, batch, "--cap", "usd=600.00"], as: .ana)

      let own = try approve(batch, as: .ana)
      let other = try approve(batch, as: .ben)

      #expect([amended, own, other].map(\.status) == [0, 77, 0], "\([amended, own, other])")
    }

    @Test(arguments: [(Login.none, Login.own), (.own, .none), (.none, .none)])
    func `without a login nobody can be told apart`(_ agent: Login, _ person: Login) throws {
      let batch = try submitted(from: agent)

      let outcome = try approve(batch, as: .ana, login: person)

      #expect(outcome.status == 77, "\(outcome)")
      #expect(outcome.error.contains("neither the kernel nor a token says who"), "\(outcome)")
    }

    @Test func `a login that is set stays`() throws {
      let outcome = try machine.run(
        ["sh", "-c", "id -u \(User.ana.name) >id; cat id >/proc/self/loginuid"], as: .agent)

      #expect(outcome.status != 0 && outcome.error.contains(denied), "\(outcome)")
    }

    @Test func `a process without a login can take one, and sudo's claim betrays it`() throws {
      let script = """
        id -u \(User.ana.name) >id; read id <id; echo $id >/proc/self/loginuid; exec "$@"
        """
      let outcome = try machine.run(
        ["sh", "-c", script, "sh"] + Machine.submitting, as: .agent, login: .none,
        input: Machine.plan(["cus_1,i1,1.99,usd"]))

      let batch = try #require(outcome.output.split(separator: ":").first, "\(outcome)")
      let shown = try Machine.document("show \(batch)")
      #expect(shown["submitted_by"] as? String == "\(User.ana.name) (sudo: \(User.agent.name))")
    }
  }
}
