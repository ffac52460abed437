internal import Domain
internal import Stripe

/// Least privilege: the key may do what the job file needs, and nothing else.
extension Examination {
  func examinePermissions(for jobFile: JobFile, over connection: any StripeConnection) {
    let needed = jobFile.neededPermissions
    let tolerated = needed.union(jobFile.toleratedPermissions)
    let before = findings.count
    var written: Set<Permission.Resource> = []
    for permission in Permission.askable.sorted(by: { $0.access == .write && $1.access == .read }) {
      switch permission.ask(over: connection) {
      case .refused:
        if needed.contains(permission) { add(missing(permission, jobFile)) }
      case .granted:
        // Whoever may write may read: that is one permission too many, not two.
        let isTold = permission.access == .read && written.contains(permission.resource)
        if permission.access == .write { written.insert(permission.resource) }
        if !isTold, !tolerated.contains(permission) { add(extra(permission, jobFile, tolerated)) }
      case .untold(let reason):
        add(
          .warning(
            "permissions", "Stripe did not tell of \(permission.name): \(reason.message)",
            hint: "look again in a moment"))
      case .unknownKey(let reason):
        return add(
          .problem(
            "permissions", .configuration, "Stripe does not take the key: \(reason.message)",
            hint: "check the restricted key"))
      case .unreachable(let reason):
        return add(
          .problem(
            "permissions", .unreachable, "Stripe cannot be reached: \(reason.message)",
            hint: "check the network, then look again"))
      }
    }
    guard findings.count == before else { return }
    add(
      .ok(
        "permissions",
        "the key may do what \(jobFile.name) needs, and nothing else of "
          + "\(Permission.askable.count) things asked"))
  }

  private func missing(_ permission: Permission, _ jobFile: JobFile) -> Diagnosis {
    .problem(
      "permissions", .notAllowed, "the key lacks \(permission.name), which \(jobFile.name) needs",
      hint: "edit the restricted key in the Stripe dashboard: \(permission.name)")
  }

  private func extra(
    _ permission: Permission, _ jobFile: JobFile, _ tolerated: Set<Permission>
  ) -> Diagnosis {
    let resource = permission.resource
    let least = tolerated.contains(Permission(resource, .read)) ? "read" : "none"
    return .warning(
      "permissions", "the key may do more than \(jobFile.name) needs: \(permission.name)",
      hint: "edit the restricted key in the Stripe dashboard: \(resource.title): \(least)")
  }
}

extension JobFile {
  /// What its jobs cannot do without; whoever writes reads back as well.
  fileprivate var neededPermissions: Set<Permission> {
    var needed: Set<Permission> = []
    for operation in policy.allowedOperations {
      switch operation {
      case .job(let operation):
        needed.insert(Permission(operation.resource, .write))
        needed.insert(Permission(operation.resource, .read))
      case .read(let read): needed.insert(Permission(read.resource, .read))
      }
    }
    if case .stripe = source { needed.insert(Permission(.invoices, .read)) }
    return needed
  }

  /// What goes along with it: the clock is read off the list of customers, and the dashboard has
  /// charges and refunds as one.
  fileprivate var toleratedPermissions: Set<Permission> {
    var tolerated: Set<Permission> = [Permission(.customers, .read)]
    for permission in neededPermissions {
      if permission.resource == .charges {
        tolerated.insert(Permission(.refunds, permission.access))
      }
      guard permission.resource == .refunds else { continue }
      tolerated.insert(Permission(.charges, permission.access))
      tolerated.insert(Permission(.paymentIntents, .read))
    }
    return tolerated
  }
}

extension Operation {
  fileprivate var resource: Permission.Resource {
    switch self {
    case .paymentIntentsCreate: .paymentIntents
    case .chargesCreate: .charges
    case .invoicesPay: .invoices
    case .refundsCreate: .refunds
    }
  }
}

extension ReadOperation {
  fileprivate var resource: Permission.Resource {
    switch self {
    case .customersRetrieve: .customers
    case .invoicesRetrieve: .invoices
    case .chargesRetrieve: .charges
    case .paymentIntentsRetrieve: .paymentIntents
    }
  }
}
