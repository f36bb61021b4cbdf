package main

const secretsTopic = `secrets says what is recognised in files of secrets, without a capture: where
each secret stands, what it is and what it belongs to, never its value.

A file of secrets is given with -k as it is. Its format is recognised from the
content; a file may hold several, between text of any kind. These are read:

%FORMATS%

The program's own format, which "ikescope keys --format toml" writes, is TOML.
Every table may stand there several times, and every key that you do not know
may be left out:

  [[psk]]                                 # pre-shared key
  secret = "cisco123"                     # or secret_hex, secret_base64
  ids = ["192.0.2.1", "gw.example.org"]   # only for these peers

  [[dh]]                                  # one Diffie-Hellman exchange
  private = "2192ab..."                   # exponent of either side, or
  shared = "4fbe15..."                    # g^xy, as long as the group's prime,
                                          # or what ML-KEM gave, 32 octets
  further = "60c8ea..."                   # IKEv2: those of IKE_FOLLOWUP_KE that
                                          # followed, one behind the other

  [[ppk]]                                 # IKEv2, post-quantum (RFC 8784)
  secret = "..."                          # or secret_hex
  id = "name"                             # what the initiator calls it

  [[isakmp]]                              # a higher rung of the ladder, IKEv1
  initiator_cookie = "ad9bf02546cec85f"
  responder_cookie = "98ecfc1dcb5592de"
  skeyid_d = "..."                        # any of skeyid, skeyid_d, skeyid_a,
  encryption_key = "..."                  # skeyid_e and encryption_key
  initial_iv = "..."                      # of a capture that begins later

  [[ike]]                                 # IKEv2
  initiator_spi = "..."
  responder_spi = "..."
  sk_d = "..."                            # any of skeyseed, sk_d, sk_ai, sk_ar,
  sk_ei = "..."                           # sk_ei, sk_er, sk_pi, sk_pr
  encryption = "aes-cbc-256"              # and integrity, where no message
                                          # names them

  [[esp]]                                 # also [[ah]]
  spi = "0xcc4fcd10"                      # and source, destination
  encryption = "3des-cbc"                 # aes-cbc-128, aes-gcm-16-256, ...
  encryption_key = "60c8ea..."            # counter modes: key, then salt
  integrity = "hmac-sha1-96"
  integrity_key = "e93838..."             # or unchecked_icv_bits = 96
  esn = true                              # sequence numbers of 64 bits

  [[esp]]                                 # keys of which the algorithms, or
  keymat = "60c8ea...e93838..."           # where one ends, are not known

A folder is read file by file, as a Wireshark profile or a support bundle is. A
pcapng file with keys of ESP inside (a Decryption Secrets Block) needs no -k.

Of values of which you do not know what they are, --try FILE takes each in hex
or Base64, and each text in quotes, and tries it as whatever secret fits.

A file that other users can read is used with a warning: chmod 600.`
