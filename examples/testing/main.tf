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
  old_secret_valid_for_seconds = 300
  rotate_after_days            = 30
}

output "api_secret" {
  value     = integrator_api_secret.example.secret
  sensitive = true
}

output "rotates_on" {
  value = formatdate("YYYY-MM-DD", integrator_api_secret.example.next_rotation_at)
}
