/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing: XChaCha20-Poly1305 with a random nonce of 24 bytes; the table, column and row that a
 * value stands in are authenticated with it, so that values cannot be exchanged between rows.
 * Lookups go by keyed BLAKE2b. Every use has its own subkey of the key file's 32 bytes.
 */
#include "internal.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_SIZE    crypto_kdf_KEYBYTES
#define NONCE_SIZE  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE    crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KDF_CONTEXT "farostor"
_Static_assert(
	NONCE_SIZE + TAG_SIZE == SEAL_OVERHEAD, "the sealed size is part of the file's format");

struct seal {
	uint8_t aead[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	uint8_t hash[HASHED_KINDS][crypto_generichash_KEYBYTES];
};

/* The file's format: never renamed. */
static const char *const columns[SEALED_COLUMNS] = {
	[SEALED_PHONE] = "identity.phone",
	[SEALED_NAME] = "identity.name",
	[SEALED_WORDING] = "consent.word",
	[SEALED_DIALOGUE] = "dialogue.data",
	[SEALED_SENDER] = "text.sender",
	[SEALED_TEXT] = "text.body",
	[SEALED_PDU] = "fragment.pdu",
	[SEALED_BODY] = "body.text",
	[SEALED_PART] = "body_part.data",
	[SEALED_NOTE] = "note.text",
	[SEALED_ALERT] = "alert.text",
	[SEALED_STORY] = "story.text",
	[SEALED_STORY_WORDING] = "story.word",
	[SEALED_BULLETIN] = "bulletin.text",
};

static int key_problem(const char *path, const char *what, char *why, size_t size)
{
	snprintf(why, size, "the key file %s %s", path, what);
	return -EKEYREJECTED;
}

static int key_read(const char *path, uint8_t key[KEY_SIZE], char *why, size_t size)
{
	struct stat st;
	uint8_t more;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		int error = -errno;
		snprintf(why, size, "the key file %s cannot be read: %s", path, strerror(-error));
		return error;
	}
	int rc = fstat(fd, &st) ? -errno : 0;
	if (rc == 0 && (!S_ISREG(st.st_mode) || (st.st_mode & 077)))
		rc = key_problem(path, "must be a plain file of mode 0600", why, size);
	if (rc == 0 && (read(fd, key, KEY_SIZE) != (ssize_t)KEY_SIZE || read(fd, &more, 1) != 0))
		rc = key_problem(path, "must hold exactly 32 bytes", why, size);
	close(fd);
	return rc;
}

/* Made whole beside its place and then named: a power cut leaves no half key. */
static int key_make(const char *path, char *why, size_t size)
{
	uint8_t key[KEY_SIZE];
	char made[PATH_MAX];
	if (snprintf(made, sizeof(made), "%s.new", path) >= (int)sizeof(made))
		return -ENAMETOOLONG;
	unlink(made);
	int rc = 0, fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		rc = -errno;
	} else {
		crypto_kdf_keygen(key);
		if (write(fd, key, KEY_SIZE) != (ssize_t)KEY_SIZE || fsync(fd))
			rc = -errno ? -errno : -EIO;
		sodium_memzero(key, sizeof(key));
		close(fd);
		if (rc == 0 && rename(made, path))
			rc = -errno;
		if (rc == 0)
			rc = place_sync(path);
	}
	if (rc)
		snprintf(why, size, "the key file %s cannot be made: %s", path, strerror(-rc));
	return rc;
}

static void derive(struct seal *seal, const uint8_t key[KEY_SIZE])
{
	crypto_kdf_derive_from_key(seal->aead, sizeof(seal->aead), 1, KDF_CONTEXT, key);
	for (unsigned int i = 0; i < HASHED_KINDS; i++)
		crypto_kdf_derive_from_key(
			seal->hash[i], sizeof(seal->hash[i]), 2 + i, KDF_CONTEXT, key);
}

int seal_new(const char *path, bool make, struct seal **out, char *why, size_t size)
{
	uint8_t key[KEY_SIZE];
	if (sodium_init() < 0) {
		snprintf(why, size, "libsodium does not start");
		return -EIO;
	}
	if (access(path, F_OK) && errno == ENOENT) {
		if (!make) {
			snprintf(why, size,
				"the key file %s is missing; without it the database cannot be "
				"read",
				path);
			return -ENOKEY;
		}
		int made = key_make(path, why, size);
		if (made)
			return made;
	}
	int rc = key_read(path, key, why, size);
	if (rc)
		return rc;
	/* Locked in memory where the limits allow it: sodium_malloc goes on when mlock fails. */
	struct seal *seal = sodium_malloc(sizeof(*seal));
	if (seal)
		derive(seal, key);
	sodium_memzero(key, sizeof(key));
	*out = seal;
	return seal ? 0 : -ENOMEM;
}

void seal_free(struct seal *seal)
{
	sodium_free(seal);
}

/* "table.column" and the row's id. */
#define PLACE_SIZE 32
static size_t place(enum sealed column, int64_t id, uint8_t out[PLACE_SIZE])
{
	size_t n = strlen(columns[column]);
	memcpy(out, columns[column], n);
	for (int i = 0; i < 8; i++)
		out[n + (size_t)i] = (uint8_t)((uint64_t)id >> (8 * i));
	return n + 8;
}

size_t seal_close(const struct seal *seal, enum sealed column, int64_t id, const void *plain,
	size_t size, uint8_t *out)
{
	uint8_t where[PLACE_SIZE];
	size_t where_size = place(column, id, where);
	unsigned long long sealed_size = 0;
	randombytes_buf(out, NONCE_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_SIZE, &sealed_size, plain, size,
		where, where_size, NULL, out, seal->aead);
	return NONCE_SIZE + (size_t)sealed_size;
}

ssize_t seal_open(const struct seal *seal, enum sealed column, int64_t id, const void *sealed,
	size_t sealed_size, void *out, size_t size)
{
	uint8_t where[PLACE_SIZE];
	const uint8_t *bytes = sealed;
	if (!sealed || sealed_size < SEAL_OVERHEAD || sealed_size - SEAL_OVERHEAD > size)
		return -EBADMSG;
	size_t where_size = place(column, id, where);
	unsigned long long plain_size = 0;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &plain_size, NULL, bytes + NONCE_SIZE,
		    sealed_size - NONCE_SIZE, where, where_size, bytes, seal->aead))
		return -EBADMSG;
	return (ssize_t)plain_size;
}

void seal_hash(const struct seal *seal, enum hashed kind, const void *data, size_t size,
	uint8_t out[STORE_HASH_SIZE])
{
	crypto_generichash(
		out, STORE_HASH_SIZE, data, size, seal->hash[kind], sizeof(seal->hash[kind]));
}

uint32_t seal_random(uint32_t below)
{
	return randombytes_uniform(below);
}
