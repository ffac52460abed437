import Dispatch
import Domain
import Journal
import Support
import System
import Testing

@Suite struct LockTests {
  @Test func `who looks at a lock keeps nobody from taking it`() throws {
    let test = try TestHome()
    let batch = BatchID("fees-20261122-7k2m")
    let path = test.home.lockPath(of: batch)

    for _ in 0..<20 {
      let (held, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      DispatchQueue.global().async {
        // What a look does, in slow motion.
        let look = try? FileLock(path: path)
        _ = try? look?.tryLock(.shared)
        held.signal()
        go.wait()
        look?.unlock()
      }
      held.wait()
      go.signal()
      let lock = try test.home.lock(batch)
      lock.unlock()
    }
  }

  @Test func `two who look do not take each other for a worker`() throws {
    let test = try TestHome()
    let batch = BatchID("fees-20261122-7k2m")
    let look = try FileLock(path: test.home.lockPath(of: batch))

    let isShared = try look.tryLock(.shared)

    #expect(isShared)
    #expect(try !test.home.isLocked(batch))
  }

  @Test func `a worker is who holds the lock of a batch, and only while it does`() throws {
    let test = try TestHome()
    let batch = BatchID("fees-20261122-7k2m")

    #expect(test.home.worker(on: batch) == nil)
    let lock = try test.home.lock(batch)
    #expect(test.home.worker(on: batch) ?? 0 > 1)
    #expect(test.home.worker(on: BatchID("fees-20261122-aaaa")) == nil)
    lock.unlock()
    #expect(test.home.worker(on: batch) == nil)
  }
}
