terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

# Rotates the secret. The key and the first secret come from INTEGRATOR_KEY and
# INTEGRATOR_SECRET.
provider "integrator" {
  environment = "sandbox"
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 300
  rotate_after_days            = 30
}

# Signs with the secret in the state, for everything else.
provider "integrator" {
  alias             = "newest"
  environment       = "sandbox"
  integrator_secret = integrator_api_secret.example.secret
}

resource "integrator_webhook" "example" {
  provider = integrator.newest

  url    = "https://example.com/webhooks"
  events = ["payment.completed", "payment.refunded"]
}

data "integrator_profile" "example" {
  provider = integrator.newest

  # Or it would be read before the secret is known.
  depends_on = [integrator_api_secret.example]
}
