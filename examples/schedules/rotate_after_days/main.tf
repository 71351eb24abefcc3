terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 3600

  # The first plan after 30 days rotates the secret in place.
  rotate_after_days = 30
}
