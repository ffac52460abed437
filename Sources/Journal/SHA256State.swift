/// The eight words between two compressions.
///
/// Rounds and words are written out, not looped over: that keeps every word in a register, and no
/// pointer is needed for speed.
struct SHA256State: Sendable {
  private var a: UInt32 = 0x6a09_e667
  private var b: UInt32 = 0xbb67_ae85
  private var c: UInt32 = 0x3c6e_f372
  private var d: UInt32 = 0xa54f_f53a
  private var e: UInt32 = 0x510e_527f
  private var f: UInt32 = 0x9b05_688c
  private var g: UInt32 = 0x1f83_d9ab
  private var h: UInt32 = 0x5be0_cd19

  /// The state as a digest: each word big-endian.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(SHA256.byteCount)
    for word in [a, b, c, d, e, f, g, h] {
      result.append(UInt8(truncatingIfNeeded: word &>> 24))
      result.append(UInt8(truncatingIfNeeded: word &>> 16))
      result.append(UInt8(truncatingIfNeeded: word &>> 8))
      result.append(UInt8(truncatingIfNeeded: word))
    }
    return result
  }

  /// The state after the 64 bytes at `offset`.
  func compressing(_ bytes: Span<UInt8>, at offset: Int) -> SHA256State {
    var words = MessageWords(bytes, at: offset)
    var work = self
    work.sixteenRounds(words, from: 0)
    words.extend()
    work.sixteenRounds(words, from: 16)
    words.extend()
    work.sixteenRounds(words, from: 32)
    words.extend()
    work.sixteenRounds(words, from: 48)
    work.add(self)
    return work
  }

  private mutating func add(_ other: SHA256State) {
    a &+= other.a
    b &+= other.b
    c &+= other.c
    d &+= other.d
    e &+= other.e
    f &+= other.f
    g &+= other.g
    h &+= other.h
  }

  /// Sixteen rounds; after each, what was `h` is `a`: the names move on by one, and by none in all.
  @inline(__always)
  private mutating func sixteenRounds(_ w: MessageWords, from first: Int) {
    let k = roundConstants
    round(a, b, c, &d, e, f, g, &h, k[first] &+ w.w0)
    round(h, a, b, &c, d, e, f, &g, k[first + 1] &+ w.w1)
    round(g, h, a, &b, c, d, e, &f, k[first + 2] &+ w.w2)
    round(f, g, h, &a, b, c, d, &e, k[first + 3] &+ w.w3)
    round(e, f, g, &h, a, b, c, &d, k[first + 4] &+ w.w4)
    round(d, e, f, &g, h, a, b, &c, k[first + 5] &+ w.w5)
    round(c, d, e, &f, g, h, a, &b, k[first + 6] &+ w.w6)
    round(b, c, d, &e, f, g, h, &a, k[first + 7] &+ w.w7)
    round(a, b, c, &d, e, f, g, &h, k[first + 8] &+ w.w8)
    round(h, a, b, &c, d, e, f, &g, k[first + 9] &+ w.w9)
    round(g, h, a, &b, c, d, e, &f, k[first + 10] &+ w.w10)
    round(f, g, h, &a, b, c, d, &e, k[first + 11] &+ w.w11)
    round(e, f, g, &h, a, b, c, &d, k[first + 12] &+ w.w12)
    round(d, e, f, &g, h, a, b, &c, k[first + 13] &+ w.w13)
    round(c, d, e, &f, g, h, a, &b, k[first + 14] &+ w.w14)
    round(b, c, d, &e, f, g, h, &a, k[first + 15] &+ w.w15)
  }
}

/// Sixteen words of the message schedule.
private struct MessageWords {
  var w0, w1, w2, w3, w4, w5, w6, w7: UInt32
  var w8, w9, w10, w11, w12, w13, w14, w15: UInt32

  @inline(__always)
  init(_ bytes: Span<UInt8>, at offset: Int) {
    let block = bytes.extracting(offset..<offset + 64)
    w0 = bigEndianWord(block, at: 0)
    w1 = bigEndianWord(block, at: 4)
    w2 = bigEndianWord(block, at: 8)
    w3 = bigEndianWord(block, at: 12)
    w4 = bigEndianWord(block, at: 16)
    w5 = bigEndianWord(block, at: 20)
    w6 = bigEndianWord(block, at: 24)
    w7 = bigEndianWord(block, at: 28)
    w8 = bigEndianWord(block, at: 32)
    w9 = bigEndianWord(block, at: 36)
    w10 = bigEndianWord(block, at: 40)
    w11 = bigEndianWord(block, at: 44)
    w12 = bigEndianWord(block, at: 48)
    w13 = bigEndianWord(block, at: 52)
    w14 = bigEndianWord(block, at: 56)
    w15 = bigEndianWord(block, at: 60)
  }

  /// Moves on to the next sixteen words, each made of four before it.
  @inline(__always)
  mutating func extend() {
    w0 = next(w0, w1, w9, w14)
    w1 = next(w1, w2, w10, w15)
    w2 = next(w2, w3, w11, w0)
    w3 = next(w3, w4, w12, w1)
    w4 = next(w4, w5, w13, w2)
    w5 = next(w5, w6, w14, w3)
    w6 = next(w6, w7, w15, w4)
    w7 = next(w7, w8, w0, w5)
    w8 = next(w8, w9, w1, w6)
    w9 = next(w9, w10, w2, w7)
    w10 = next(w10, w11, w3, w8)
    w11 = next(w11, w12, w4, w9)
    w12 = next(w12, w13, w5, w10)
    w13 = next(w13, w14, w6, w11)
    w14 = next(w14, w15, w7, w12)
    w15 = next(w15, w0, w8, w13)
  }
}

@inline(__always)
private func bigEndianWord(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
  UInt32(bytes[offset]) &<< 24 | UInt32(bytes[offset + 1]) &<< 16
    | UInt32(bytes[offset + 2]) &<< 8 | UInt32(bytes[offset + 3])
}

/// The schedule's word sixteen after `w16`, from those 16, 15, 7 and 2 before it.
@inline(__always)
private func next(_ w16: UInt32, _ w15: UInt32, _ w7: UInt32, _ w2: UInt32) -> UInt32 {
  let s0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 &>> 3)
  let s1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 &>> 10)
  return w16 &+ s0 &+ w7 &+ s1
}

@inline(__always)
private func round(
  _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32,
  _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ added: UInt32
) {
  let choice = g ^ (e & (f ^ g))
  let majority = (a & b) ^ (c & (a ^ b))
  let t1 = h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ added
  d &+= t1
  h = t1 &+ (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
}

@inline(__always)
private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
  word &>> count | word &<< (32 &- count)
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
  0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
  0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
  0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
  0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
  0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
  0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
  0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
  0xc671_78f2,
]
