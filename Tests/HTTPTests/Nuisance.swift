import Foundation
import Synchronization

/// A flag that one thread raises and another sees.
final class Flag: Sendable {
  private let raised = Atomic(false)

  var isRaised: Bool { raised.load(ordering: .acquiring) }

  func raise() { raised.store(true, ordering: .releasing) }
}

/// Sends SIGUSR1 to one thread, again and again.
final class Nuisance: Sendable {
  private let victim: pthread_t
  private let finished: Flag
  private let done = DispatchSemaphore(value: 0)
  private let count = Atomic(0)

  init(of victim: pthread_t, until finished: Flag) {
    self.victim = victim
    self.finished = finished
  }

  var sent: Int { count.load(ordering: .acquiring) }

  func start() {
    Thread.detachNewThread { [self] in
      while !finished.isRaised {
        pthread_kill(victim, SIGUSR1)
        count.add(1, ordering: .acquiringAndReleasing)
        usleep(5000)
      }
      done.signal()
    }
  }

  func join() { done.wait() }
}
