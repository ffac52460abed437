import Foundation
import System
import Testing

struct FileSystemTests {
  @Test(arguments: [
    (0x6969, "NFS"), (0x517B, "SMB"), (0xFF53_4D42, "SMB"), (0xFE53_4D42, "SMB"),
    (0x5346_414F, "AFS"), (0x6B41_4653, "AFS"), (0x7375_7245, "Coda"), (0x564C, "NCP"),
    (0x00C3_6400, "Ceph"), (0x0BD0_0BD0, "Lustre"), (0x0116_1970, "GFS2"),
    (0x7461_636F, "OCFS2"), (0x0102_1997, "9P"), (0x6573_5546, "FUSE"),
  ])
  func `a file system that machines share has a name`(number: UInt32, name: String) {
    #expect(FileSystem.networkName(ofType: number) == name)
  }

  @Test(arguments: [
    ("ext4", 0xEF53), ("xfs", 0x5846_5342), ("btrfs", 0x9123_683E), ("tmpfs", 0x0102_1994),
    ("overlay", 0x794C_7630), ("zfs", 0x2FC1_2FC1), ("f2fs", 0xF2F5_2010), ("none", 0),
  ])
  func `a local one has none`(name: String, number: UInt32) {
    #expect(FileSystem.networkName(ofType: number) == nil, "\(name)")
  }

  @Test func `what is not there has no file system`() {
    #expect(throws: SystemError.self) { try FileSystem.network(of: "/nowhere/at/all") }
  }

  @Test func `the folder for temporary files is local here`() throws {
    #expect(try FileSystem.network(of: FileManager.default.temporaryDirectory.path) == nil)
  }
}
