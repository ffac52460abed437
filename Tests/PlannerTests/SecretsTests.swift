import Domain
import Planner
import System
import Testing

@Suite struct SecretsTests {
  @Test(arguments: [
    "sk_live_4eC39HqLyjWD", "(sk_test_4eC39HqLyjWD)", "key=rk_live_4eC39HqLyjWD",
    "whsec_4eC39HqLyjWD", "vk_4eC39HqLyjWDarjtT1zdp7dc", "ap_4eC39bcdfghjkmnpqrstvwxz23456789",
  ])
  func `what looks like a key is refused and never shown`(text: String) throws {
    let details = try details(ofDescription: text)

    #expect(details.count == 1)
    #expect(details.first?.hasSuffix("holds an API key, which must not be stored") == true)
    #expect(details.first?.contains("4eC39") == false)
  }

  @Test(arguments: [
    "4242424242424242", "card 4242-4242-4242-4242.", "378282246310005", "5555 5555 5555 4444",
    "2223003122003222", "6011111111111117", "3056930009020004", "4222222222222",
  ])
  func `what looks like a card number is refused`(text: String) throws {
    #expect(try details(ofDescription: text).count == 1)
  }

  @Test(arguments: [
    "sk_live_", "task_live_4eC39HqLyjWD", "vk_id_7k2mbcdf", "pk_live_4eC39HqLyjWD", "a_b_c",
    "ap_id_7k2mbcdfghjk", "ap_20261122", "ap_invoice0000000000042",
    "4242424242424241", "20261122100000", "0000000000000000", "4242", "1234567890123456",
    "4242  4242  4242  4242", "+49 30 901820 2026-10",
  ])
  func `what only resembles one passes`(text: String) throws {
    #expect(try details(ofDescription: text) == [])
  }

  private func details(ofDescription text: String) throws -> [String] {
    let plan = "account,amount,currency,reference,description\ncus_1,1.99,usd,r,\(text)\n"
    let jobFile = try jobFile()
    do throws(Fault) {
      _ = try PlanReader.read(
        InputFile(bytes: Array(plan.utf8), name: "plan.csv"), for: jobFile
      ) { _ in nil }
      return []
    } catch {
      return error.details
    }
  }
}
