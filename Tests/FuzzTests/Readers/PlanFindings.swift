import Domain
import Planner
import System

/// What must hold of a plan that was read, or refused.
struct PlanFindings {
  private let format: PlanFormat
  private let bytes: [UInt8]

  init(_ format: PlanFormat, _ bytes: [UInt8]) {
    self.format = format
    self.bytes = bytes
  }

  func add(to findings: inout Findings) {
    for jobFile in SampleJobFile.all { check(jobFile, &findings) }
    // Where a piece of the file ends must not matter.
    let (whole, pieces) = format == .csv ? (csv(65_536), csv(3)) : (lines(65_536), lines(3))
    findings.expect(whole == pieces, "in pieces it reads \(pieces), whole \(whole)")
  }

  private func check(_ jobFile: JobFile, _ findings: inout Findings) {
    var jobs: [PlannedJob] = []
    do throws(Fault) {
      let summary = try PlanReader.read(
        InputFile(bytes: bytes, name: "plan"), format: format, for: jobFile
      ) { job throws(Fault) in
        jobs.append(job)
        return nil
      }
      findings.expect(summary.jobs == jobs.count, "\(summary.jobs) jobs, \(jobs.count) told")
    } catch {
      FaultFindings(error, of: bytes).add(to: &findings)
    }
    for (place, job) in jobs.enumerated() { check(job, place, jobFile, &findings) }
  }

  private func check(
    _ job: PlannedJob, _ place: Int, _ jobFile: JobFile, _ findings: inout Findings
  ) {
    findings.expect(job.number > place, "job \(job.number) is told as number \(place + 1)")
    findings.expect(job.operation == jobFile.operation, "another operation: \(job.operation)")
    findings.expect(
      (1...Money.maximumMinorUnits).contains(job.amount.minorUnits), "it moves \(job.amount)")
    findings.expect(
      jobFile.policy.batchCaps.contains { $0.currency == job.amount.currency },
      "no cap in \(job.amount.currency)")
    findings.expect(Self.isID(job.account, "cus_"), "the account \(job.account)")
    findings.expect(job.invoice.map { Self.isID($0, "in_") } ?? true, "an invoice \(job)")
    findings.expect((1...200).contains(job.reference.unicodeScalars.count), "a reference \(job)")
    findings.expect(!job.reference.unicodeScalars.contains(where: isUnprintable), "\(job)")
    findings.expect(job.metadata.count <= 48, "\(job.metadata.count) entries of metadata")
    for text in job.texts {
      findings.expect(text.unicodeScalars.count <= 500, "a text of \(text.count): \(job.number)")
      findings.expect(!text.unicodeScalars.contains(where: Self.isControl), "\(quoted(text))")
      findings.expect(!Findings.holdKey(text), "a key is let through")
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }

  private static func isID(_ text: String, _ prefix: String) -> Bool {
    text.hasPrefix(prefix) && text.utf8.count <= 255
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  // MARK: Pieces

  private func csv(_ chunk: Int) -> [String] {
    var told: [String] = []
    var reader = CSVReader(InputFile(bytes: bytes, name: "plan"), chunkBytes: chunk)
    do throws(Fault) {
      while true {
        let step = try reader.next()
        told.append(Self.words(step, reader.record))
        if step == .end { return told }
      }
    } catch {
      return told + [error.message]
    }
  }

  private func lines(_ chunk: Int) -> [String] {
    var told: [String] = []
    var reader = JSONLinesReader(InputFile(bytes: bytes, name: "plan"), chunkBytes: chunk)
    do throws(Fault) {
      while true {
        let step = try reader.next()
        told.append(Self.words(step, reader.record) + Self.words(step, reader.names))
        if step == .end { return told }
      }
    } catch {
      return told + [error.message]
    }
  }

  private static func words(_ step: PlanStep, _ record: PlanRecord) -> String {
    switch step {
    case .end: return "end"
    case .problem(let problem): return "\(problem)"
    case .record:
      return (0..<record.count).map { "\(record.place(of: $0)) \(record.text(of: $0))" }
        .joined(separator: "|")
    }
  }
}

extension PlannedJob {
  /// Everything of a job that may be any text.
  fileprivate var texts: [String] {
    [reference] + [description, reason, paymentMethod].compactMap(\.self)
      + metadata.flatMap { [$0.key, $0.value] }
  }

  fileprivate var invoice: String? { movement.invoice }
}

/// What must hold of a refusal: it is harmless to show, and each place is one of the input.
struct FaultFindings {
  private let fault: Fault
  private let bytes: [UInt8]

  init(_ fault: Fault, of bytes: [UInt8]) {
    self.fault = fault
    self.bytes = bytes
  }

  func add(to findings: inout Findings) {
    findings.expect(fault.exit == .badData, "\(fault)")
    findings.expect(fault.details.count <= 101, "\(fault.details.count) details")
    for text in [fault.message, fault.hint ?? ""] + fault.details {
      findings.expect(!text.unicodeScalars.contains(where: isUnprintable), "\(printable(text))")
      findings.expect(text.utf8.count < 20_000, "a sentence of \(text.utf8.count) bytes")
    }
    let lengths = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(\.count)
    for detail in fault.details where !detail.hasPrefix("... and") {
      let parts = detail.split(separator: ":", maxSplits: 3)
      guard parts.count == 4, let line = Int(parts[1]), let column = Int(parts[2]) else {
        findings.expect(false, "no place: \(detail)")
        continue
      }
      findings.expect(
        (1...lengths.count).contains(line) && (1...lengths[line - 1] + 2).contains(column),
        "a place outside the input: \(detail)")
    }
  }
}
