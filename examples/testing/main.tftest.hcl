# Needs no API, no key and no secret.
mock_provider "integrator" {
  mock_resource "integrator_api_secret" {
    defaults = {
      id                    = "int_1a2b3c"
      integrator_key        = "int_1a2b3c"
      endpoint              = "https://sandbox.spritz.finance"
      secret                = "sk_test_mocked"
      fingerprint           = "8f86dd9f9901b0e3"
      version               = 1787149267
      rotated_at            = "2026-08-19T14:21:07Z"
      old_secret_expires_at = "2026-08-19T14:26:07Z"
      next_rotation_at      = "2026-09-18T14:21:07Z"
    }
  }

  mock_resource "integrator_webhook" {
    defaults = {
      id            = "66f2a1c09b3e4d5f6a7b8c9d"
      failure_count = 0
      disabled      = false
    }
  }

  mock_data "integrator_profile" {
    defaults = {
      id             = "66f2a1c09b3e4d5f6a7b8c9e"
      integrator_key = "int_1a2b3c"
      name           = "Example"
      email          = "integrations@example.com"
      created_at     = "2026-01-02T03:04:05Z"
    }
  }
}

run "hands_the_secret_on" {
  assert {
    condition     = output.api_secret == "sk_test_mocked"
    error_message = "The output is not the API secret."
  }

  assert {
    condition     = output.rotates_on == "2026-09-18"
    error_message = "The output is not the day of the next rotation."
  }
}
