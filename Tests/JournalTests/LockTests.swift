import Dispatch
import Domain
import Journal
import Support
import Synchronization
import System
import Testing

@Suite struct LockTests {
  @Test func `who looks at a lock all the time keeps nobody from taking it`() throws {
    let test = try TestHome()
    let (home, batch) = (test.home, BatchID("fees-20261122-7k2m"))
    let refusals = Mutex(0)

    DispatchQueue.concurrentPerform(iterations: 2) { side in
      for _ in 0..<(side == 0 ? 20_000 : 1_000) {
        do throws(Fault) {
          guard side == 0 else {
            let lock = try home.lock(batch)
            lock.unlock()
            continue
          }
          _ = try home.isLocked(batch)
        } catch {
          refusals.withLock { $0 += 1 }
        }
      }
    }

    #expect(refusals.withLock { $0 } == 0)
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
