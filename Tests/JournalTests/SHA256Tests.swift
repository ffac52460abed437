import Journal
import Testing

@Suite struct SHA256Tests {
  @Test(arguments: standardMessages)
  func `the standard's own examples have the standard's digests`(_ example: Example) {
    #expect(hex(SHA256.digest(Array(example.message.utf8))) == example.digest)
  }

  @Test(arguments: shortMessages)
  func `the validation suite's short messages have its digests`(_ example: Example) throws {
    let message = try #require(bytes(hex: example.message))

    #expect(hex(SHA256.digest(message)) == example.digest)
  }

  @Test func `a million letters have the standard's digest`() {
    let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

    #expect(
      hex(SHA256.digest(message))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(arguments: digestsByCount)
  func `the padding is right on either side of a block's end`(_ count: Int, _ digest: String) {
    #expect(hex(SHA256.digest(countingBytes(count))) == digest)
  }

  @Test(arguments: [1, 3, 55, 56, 63, 64, 65, 127, 128, 129])
  func `pieces of any size make the same digest as the whole`(_ piece: Int) {
    let message = countingBytes(300)
    var hash = SHA256()

    for start in stride(from: 0, to: message.count, by: piece) {
      hash.update(Array(message[start..<min(start + piece, message.count)]))
    }

    #expect(hash.finish() == SHA256.digest(message))
  }

  @Test func `a copy goes its own way`() {
    var first = SHA256()
    first.update("ab")
    var second = first
    first.update("c")
    second.update("d")

    #expect(first.finish() == SHA256.digest(Array("abc".utf8)))
    #expect(second.finish() == SHA256.digest(Array("abd".utf8)))
  }
}

@Suite struct HMACSHA256Tests {
  @Test(arguments: authenticatedMessages)
  func `RFC 4231's messages have its codes`(_ example: AuthenticatedExample) throws {
    let seal = HMACSHA256(key: try #require(bytes(hex: example.key)))
    let message = try #require(bytes(hex: example.message))

    let code = seal.authenticate(message)

    #expect(hex(Array(code.prefix(example.code.count / 2))) == example.code)
    #expect(code.count == 32)
    #expect(seal.authenticate(message) == code)
  }

  @Test(arguments: [63, 64, 65])
  func `a key is hashed only when it is longer than a block`(_ count: Int) {
    let key = countingBytes(count)
    let padded = HMACSHA256(key: key + [0]).authenticate([])

    #expect((HMACSHA256(key: key).authenticate([]) == padded) == (count < 64))
  }
}

@Suite struct BytesTests {
  @Test func `hexadecimal reads back as the same bytes`() {
    let everyByte = (0...255).map(UInt8.init)

    #expect(bytes(hex: hex(everyByte)) == everyByte)
    #expect(bytes(hex: hex(everyByte).uppercased()) == everyByte)
    #expect(hex([0, 10, 255]) == "000aff")
    #expect(bytes(hex: "") == [])
  }

  @Test(arguments: ["a", "abc", "0g", "0x", " 0", "-1", "é0"])
  func `what is no hexadecimal has no bytes`(_ text: String) {
    #expect(bytes(hex: text) == nil)
  }

  @Test func `bytes are equal in constant time exactly when they are equal`() {
    #expect(equalInConstantTime([], []))
    #expect(equalInConstantTime([1, 2, 3], [1, 2, 3]))
    #expect(!equalInConstantTime([1, 2, 3], [1, 2, 4]))
    #expect(!equalInConstantTime([9, 2, 3], [1, 2, 3]))
    #expect(!equalInConstantTime([1, 2, 3], [1, 2]))
  }
}

struct Example: Sendable {
  let message: String
  let digest: String
}

struct AuthenticatedExample: Sendable {
  let key: String
  let message: String
  let code: String
}

/// The bytes 0, 1, 2 and so on.
func countingBytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0) }
}

/// FIPS 180-4's examples: none, 24, 448 and 896 bits.
private let standardMessages = [
  Example(
    message: "",
    digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  Example(
    message: "abc",
    digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  Example(
    message: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
  Example(
    message: "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
      + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    digest: "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
]

/// The first messages of NIST's SHA256ShortMsg.rsp, 8 to 64 bits.
private let shortMessages = [
  Example(
    message: "d3",
    digest: "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
  Example(
    message: "11af",
    digest: "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
  Example(
    message: "b4190e",
    digest: "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2"),
  Example(
    message: "74ba2521",
    digest: "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e"),
  Example(
    message: "c299209682",
    digest: "f0887fe961c9cd3beab957e8222494abb969b1ce4c6557976df8b0f6d20e9166"),
  Example(
    message: "e1dc724d5621",
    digest: "eca0a060b489636225b4fa64d267dabbe44273067ac679f20820bddc6b6a90ac"),
  Example(
    message: "06e076f5a442d5",
    digest: "3fd877e27450e6bbd5d74bb82f9870c64c66e109418baa8e6bbcff355e287926"),
  Example(
    message: "5738c929c4f4ccb6",
    digest: "963bb88f27f512777aab6c8b1a02c70ec0ad651d428f870036e1917120fb48bf"),
]

/// Digests of counting bytes, as another implementation gives them.
private let digestsByCount: [(Int, String)] = [
  (55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"),
  (56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"),
  (57, "2fe741af801cc238602ac0ec6a7b0c3a8a87c7fc7d7f02a3fe03d1c12eac4d8f"),
  (58, "e03b18640c635b338a92b82cce4ff072f9f1aba9ac5261ee1340f592f35c0499"),
  (59, "bd2de8f5dd15c73f68dfd26a614080c2e323b2b51b1b5ed9d7933e535d223bda"),
  (60, "0ddde28e40838ef6f9853e887f597d6adb5f40eb35d5763c52e1e64d8ba3bfff"),
  (61, "4b5c2783c91ceccb7c839213bcbb6a902d7fe8c2ec866877a51f433ea17f3e85"),
  (62, "c89da82cbcd76ddf220e4e9091019b9866ffda72bee30de1effe6c99701a2221"),
  (63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"),
  (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"),
  (65, "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781"),
  (119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"),
  (120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"),
  (127, "92ca0fa6651ee2f97b884b7246a562fa71250fedefe5ebf270d31c546bfea976"),
  (128, "471fb943aa23c511f6f72f8d1652d9c880cfa392ad80503120547703e56a2be5"),
  (129, "5099c6a56203f9687f7d33f4bfdf576d31dc91f6b695ecea38b2770c87631135"),
  (1000, "a8af099bf2e878609558dbf69d8f88f4a31040a8cf84b549a0cfa912f12ffc3f"),
]

private let authenticatedMessages = [
  AuthenticatedExample(
    key: String(repeating: "0b", count: 20),
    message: hex(Array("Hi There".utf8)),
    code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
  AuthenticatedExample(
    key: "4a656665",
    message: hex(Array("what do ya want for nothing?".utf8)),
    code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
  AuthenticatedExample(
    key: String(repeating: "aa", count: 20),
    message: String(repeating: "dd", count: 50),
    code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
  AuthenticatedExample(
    key: "0102030405060708090a0b0c0d0e0f10111213141516171819",
    message: String(repeating: "cd", count: 50),
    code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
  AuthenticatedExample(
    key: String(repeating: "0c", count: 20),
    message: hex(Array("Test With Truncation".utf8)),
    code: "a3b6167473100ee06e0c796c2955552b"),
  AuthenticatedExample(
    key: String(repeating: "aa", count: 131),
    message: hex(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)),
    code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
  AuthenticatedExample(
    key: String(repeating: "aa", count: 131),
    message: hex(
      Array(
        ("This is a test using a larger than block-size key and a larger tha"
          + "n block-size data. The key needs to be hashed before being used by"
          + " the HMAC algorithm.").utf8)),
    code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
]
