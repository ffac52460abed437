#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Who is at the keyboard, as the kernel knows it.
package struct Login: Equatable, Sendable {
  /// The name of the user whose login this is, or of the user the process runs as.
  package let name: String
  /// The kernel's login uid, which `sudo` does not change; nil where there is none, as in a
  /// container.
  package let uid: UInt32?

  /// A login of this name.
  package init(name: String, uid: UInt32?) {
    self.name = name
    self.uid = uid
  }

  /// The login of this process.
  package static func current() -> Login {
    let uid = loginUID()
    let user = uid ?? geteuid()
    return Login(name: userName(user) ?? "uid \(user)", uid: uid)
  }

  private static func loginUID() -> UInt32? {
    guard let bytes = try? Files.read("/proc/self/loginuid", limit: 32) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).filter(\.isNumber)
    guard let uid = UInt32(text), uid != UInt32.max else { return nil }
    return uid
  }

  private static func userName(_ uid: UInt32) -> String? {
    guard let entry = unsafe getpwuid(uid), let name = unsafe entry.pointee.pw_name else {
      return nil
    }
    return unsafe String(cString: name)
  }
}
