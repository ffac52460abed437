import CLI

@main
struct Sluice {
  static func main() {}
}
