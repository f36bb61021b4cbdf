package main

const secretsTopic = `secrets says what is recognised in files of secrets, without a capture: where
each secret stands, what it is and what it belongs to, never its value.

A file of secrets is given with -k as it is. Its format is recognised from the
content; a file may hold several, between text of any kind. These are read:

%FORMATS%

The program's own format is TOML. Every table may stand there several times, and
every key that you do not know may be left out:

  [[psk]]                                 # pre-shared key
  secret = "cisco123"                     # or secret_hex = "636973..."
  ids = ["192.0.2.1", "gw.example.org"]   # only for these peers

  [[dh]]                                  # one Diffie-Hellman exchange
  private = "2192ab..."                   # exponent of either side, or
  shared = "4fbe15..."                    # g^xy, as long as the group's prime

  [[isakmp]]                              # a higher rung of the ladder, IKEv1
  initiator_cookie = "ad9bf02546cec85f"
  responder_cookie = "98ecfc1dcb5592de"
  skeyid_d = "..."                        # any of skeyid, skeyid_d, skeyid_a,
  encryption_key = "..."                  # skeyid_e and encryption_key

  [[ike]]                                 # IKEv2: skeyseed, sk_d, sk_ai, sk_ar,
  initiator_spi = "..."                   # sk_ei, sk_er, sk_pi, sk_pr
  responder_spi = "..."

  [[esp]]                                 # also [[ah]]
  spi = "0xcc4fcd10"                      # and source, destination
  encryption = "3des-cbc"                 # aes-cbc-128, aes-gcm-16-256, ...
  encryption_key = "60c8ea..."            # counter modes: key, then salt
  integrity = "hmac-sha1-96"
  integrity_key = "e93838..."             # or unchecked_icv_bits = 96

  [[esp]]                                 # keys of which the algorithms, or where
  keymat = "60c8ea...e93838..."           # one ends, are not known

A folder is read file by file, as a Wireshark profile or a support bundle is.

Of values of which you do not know what they are, --try FILE takes each in hex
or Base64, and each text in quotes, and tries it as whatever secret fits.

"ikescope keys --format toml" writes it. A file that other users can read is
used with a warning: chmod 600.`
