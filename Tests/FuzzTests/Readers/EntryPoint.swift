import System

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The reader that the fuzzer is asked to try: `SLUICE_READER`.
private let reader: Reader? = {
  guard let name = unsafe getenv("SLUICE_READER") else { return nil }
  return unsafe Reader(rawValue: String(cString: name))
}()

/// What libFuzzer calls with every input that it makes up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard let reader else { preconditionFailure("SLUICE_READER names no reader") }
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  let findings = reader.findings(on: bytes)
  guard findings.isEmpty else {
    try? Terminal.write(findings.joined(separator: "\n") + "\n", to: .error)
    abort()
  }
  return 0
}
