#if canImport(Darwin)
  internal import Darwin
#else
  internal import CSystem
  #if canImport(Glibc)
    internal import Glibc
  #else
    internal import Musl
  #endif
#endif

/// What a folder's files are kept on.
package enum FileSystem {
  /// The name of the network file system that `path` is on; nil when it is on a local one.
  package static func network(of path: String) throws(SystemError) -> String? {
    #if canImport(Darwin)
      var info = statfs()
      guard unsafe statfs(path, &info) == 0 else { throw SystemError() }
      guard info.f_flags & UInt32(MNT_LOCAL) == 0 else { return nil }
      return unsafe withUnsafeBytes(of: info.f_fstypename) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    #else
      let type = unsafe sluice_file_system_type(path)
      guard type >= 0 else { throw SystemError() }
      return networkName(ofType: UInt32(truncatingIfNeeded: type))
    #endif
  }

  /// How many bytes there is room for where `path` is, for users other than root.
  package static func freeBytes(at path: String) throws(SystemError) -> Int64 {
    var info = statvfs()
    guard unsafe statvfs(path, &info) == 0 else { throw SystemError() }
    let (bytes, isTooMany) = UInt64(info.f_bavail)
      .multipliedReportingOverflow(by: UInt64(info.f_frsize))
    return isTooMany ? .max : Int64(clamping: bytes)
  }

  /// The name of a file system that several machines share, by the number Linux has for it; nil for
  /// every other.
  ///
  /// Locks and syncs there are a promise of another machine's. FUSE counts as one: sshfs and the
  /// like cannot be told from what is local.
  package static func networkName(ofType number: UInt32) -> String? {
    switch number {
    case 0x6969: "NFS"
    case 0x517B, 0xFF53_4D42, 0xFE53_4D42: "SMB"
    case 0x5346_414F, 0x6B41_4653: "AFS"
    case 0x7375_7245: "Coda"
    case 0x564C: "NCP"
    case 0x00C3_6400: "Ceph"
    case 0x0BD0_0BD0: "Lustre"
    case 0x0116_1970: "GFS2"
    case 0x7461_636F: "OCFS2"
    case 0x0102_1997: "9P"
    case 0x6573_5546: "FUSE"
    default: nil
    }
  }
}
