internal import Domain

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Who is at the keyboard, as the kernel knows it.
package struct Login: Equatable, Sendable {
  /// The name of the user whose login this is, or of the user the process runs as; where `sudo`
  /// names somebody else, that claim stands behind it.
  package let name: String
  /// The kernel's login uid, which `sudo` does not change; nil where there is none, as in a
  /// container.
  package let uid: UInt32?

  /// A login of this name.
  package init(name: String, uid: UInt32?) {
    self.name = name
    self.uid = uid
  }

  /// The login of this process; `sudoUser` is who ran `sudo`, as the environment claims.
  package static func current(sudoUser: String?) -> Login {
    let uid = loginUID()
    let user = userName(uid ?? geteuid())
    guard let sudoUser, sudoUser != user, isName(sudoUser) else {
      return Login(name: user, uid: uid)
    }
    return Login(name: "\(user)\(Person.sudoClaim)\(sudoUser))", uid: uid)
  }

  /// The name of a user, or the number of one without a name.
  package static func userName(_ uid: UInt32) -> String {
    guard let entry = unsafe getpwuid(uid), let name = unsafe entry.pointee.pw_name else {
      return "uid \(uid)"
    }
    return unsafe String(cString: name)
  }

  /// The number of the user this process runs as.
  package static var effectiveUser: UInt32 { geteuid() }

  /// Whether a text can be a user's name, a directory's ("CORP\\kim", "kim@corp") included.
  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || "._-+$@\\".utf8.contains(byte)
      }
  }

  private static func loginUID() -> UInt32? {
    guard let bytes = try? Files.read("/proc/self/loginuid", limit: 32) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).filter(\.isNumber)
    guard let uid = UInt32(text), uid != UInt32.max else { return nil }
    return uid
  }
}
