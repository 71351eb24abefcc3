list "integrator_webhook" "all" {
  provider = integrator

  # The URL and the events, too, and not only the id.
  include_resource = true
}
