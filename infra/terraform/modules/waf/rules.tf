# What the rules are made of: modes, order, AWS's groups with their exceptions, and what it all costs
# in web ACL capacity units (WCU).
locals {
  defaults = {
    honeypot         = "block"
    flood            = "block"
    probe_rate       = "block"
    probes           = "block"
    methods          = "block"
    size             = "block"
    reputation       = "block"
    anonymous        = "off" # VPNs, Tor, hosting providers: among them are honest people.
    common           = "block"
    known_bad_inputs = "block"
    sqli             = "block"
    bodies           = "block"
    queries          = "block"
  }
  modes = merge(local.defaults, var.modes)
  on    = { for name, mode in local.modes : name => mode if mode != "off" }

  # The rate rules stand before those that refuse at once: what ends earlier is not counted.
  priority = {
    for place, name in [
      "allow", "deny", "flood", "probe_rate", "honeypot", "probes", "methods", "size", "reputation",
      "anonymous", "common", "known_bad_inputs", "sqli", "bodies", "queries",
    ] : name => place
  }

  addresses = {
    for set in [
      { key = "allow_v4", list = "allow", version = "IPV4", cidrs = [for c in var.allow : c if !strcontains(c, ":")] },
      { key = "allow_v6", list = "allow", version = "IPV6", cidrs = [for c in var.allow : c if strcontains(c, ":")] },
      { key = "deny_v4", list = "deny", version = "IPV4", cidrs = [for c in var.deny : c if !strcontains(c, ":")] },
      { key = "deny_v6", list = "deny", version = "IPV6", cidrs = [for c in var.deny : c if strcontains(c, ":")] },
    ] : set.key => set
  }

  # AWS's groups. `count` names their rules that only count here, because people write memos about
  # SQL, markup, paths and addresses, and look for them. Such a rule leaves a label, and the rules
  # "bodies" and "queries" refuse what has one anywhere but where free text belongs.
  groups = {
    reputation = { name = "AWSManagedRulesAmazonIpReputationList", wcu = 25, labels = "", count = {} }
    anonymous  = { name = "AWSManagedRulesAnonymousIpList", wcu = 50, labels = "", count = {} }
    common = {
      name = "AWSManagedRulesCommonRuleSet", wcu = 700, labels = "core-rule-set"
      count = {
        SizeRestrictions_BODY               = "" # 8 KiB; a memo has up to 64: the rule "size" looks instead.
        EC2MetaDataSSRF_BODY                = "EC2MetaDataSSRF_Body"
        EC2MetaDataSSRF_QUERYARGUMENTS      = "EC2MetaDataSSRF_QueryArguments"
        GenericLFI_BODY                     = "GenericLFI_Body" # "../" in a memo about shells
        GenericLFI_QUERYARGUMENTS           = "GenericLFI_QueryArguments"
        GenericRFI_BODY                     = "GenericRFI_Body" # a link with an address in it
        GenericRFI_QUERYARGUMENTS           = "GenericRFI_QueryArguments"
        RestrictedExtensions_QUERYARGUMENTS = "RestrictedExtensions_QueryArguments" # looking for "my.ini"
        CrossSiteScripting_BODY             = "CrossSiteScripting_Body"             # the pages never show it as markup
        CrossSiteScripting_QUERYARGUMENTS   = "CrossSiteScripting_QueryArguments"
      }
    }
    known_bad_inputs = {
      name = "AWSManagedRulesKnownBadInputsRuleSet", wcu = 200, labels = "known-bad-inputs"
      count = { # nothing here is Java, or React on a server
        JavaDeserializationRCE_BODY        = "JavaDeserializationRCE_Body"
        JavaDeserializationRCE_QUERYSTRING = "JavaDeserializationRCE_QueryString"
        Log4JRCE_BODY                      = "Log4JRCE_Body"
        Log4JRCE_QUERYSTRING               = "Log4JRCE_QueryString"
        ReactJSRCE_BODY                    = "ReactJSRCE_Body"
      }
    }
    sqli = {
      name = "AWSManagedRulesSQLiRuleSet", wcu = 200, labels = "sql-database"
      count = { # every statement of memo's is prepared; a memo may well hold a query
        SQLi_BODY                           = "SQLi_Body"
        SQLi_QUERYARGUMENTS                 = "SQLi_QueryArguments"
        SQLiExtendedPatterns_BODY           = "SQLiExtendedPatterns_Body"
        SQLiExtendedPatterns_QUERYARGUMENTS = "SQLiExtendedPatterns_QueryArguments"
      }
    }
  }

  # A group that itself only counts leaves its findings alone here, too.
  findings = flatten([
    for name, group in local.groups : [
      for label in values(group.count) : "awswaf:managed:aws:${group.labels}:${label}" if label != ""
    ] if local.modes[name] == "block"
  ])

  findings_in = {
    bodies  = [for label in local.findings : label if endswith(label, "_Body")]
    queries = [for label in local.findings : label if !endswith(label, "_Body")]
  }

  # Where free text belongs.
  exempt = {
    bodies  = { constraint = "STARTS_WITH", path = var.free_text.body_prefix }
    queries = { constraint = "EXACTLY", path = var.free_text.query_path }
  }

  probe_paths = concat(
    [for path in sort(var.probes.beginnings) : { path = path, constraint = "STARTS_WITH" }],
    [for path in sort(var.probes.ends) : { path = path, constraint = "ENDS_WITH" }],
  )
  known_paths = concat(
    [for path in sort(var.probes.known_exact) : { path = path, constraint = "EXACTLY" }],
    [for path in sort(var.probes.known_prefixes) : { path = path, constraint = "STARTS_WITH" }],
  )

  # What is there: the lists, and what is on and has something to look for.
  rules = {
    for name, mode in merge({ allow = "allow", deny = "block" }, local.on) : name => {
      mode     = mode
      priority = local.priority[name]
      is_group = contains(keys(local.groups), name)
      answer   = lookup({ flood = 429, methods = 405, size = 413 }, name, null)
      label    = lookup({ honeypot = "honeypot", probes = "probe" }, name, null)
    } if length(lookup(local.findings_in, name, ["none of its own"])) > 0
  }

  # As AWS counts them: an IP set 1, a rate 2 and its scope, a string at a fixed place 2, each text
  # transformation 10, a size 1, a label 1. With the root's paths and methods 1,398 together, and 1,448
  # with the anonymous addresses; up to 1,500 are in the basic price (docs/waf.md has the table).
  wcu_of = merge(
    { allow = 2, deny = 2 },
    {
      honeypot   = 2 + 10
      flood      = 2
      probe_rate = 2 + 2 * length(local.known_paths)
      probes     = 12 * length(local.probe_paths)
      methods    = 2 * length(var.methods)
      size       = 1 + 2
      bodies     = length(local.findings_in.bodies) + 2
      queries    = length(local.findings_in.queries) + 2
    },
    { for name, group in local.groups : name => group.wcu },
  )
  wcu = sum([for name, wcu in local.wcu_of : wcu if contains(keys(local.rules), name)])
}
