terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {
  environment = "sandbox"
}

resource "integrator_api_secret" "example" {
  # The old secret keeps working for five minutes after each rotation.
  old_secret_valid_for_seconds = 300

  # The first plan after 30 days rotates the secret.
  rotate_after_days = 30
}

output "api_secret" {
  value     = integrator_api_secret.example.secret
  sensitive = true
}
