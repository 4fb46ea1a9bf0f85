// SPDX-License-Identifier: MIT
#include "plantwright/io/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>

#include "core/huge_pages.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestCall = std::size_t{1} << 30;  // Linux moves at most 2 GiB a call

[[noreturn]] void fail(const char* action, const fs::path& path, int error_number) {
    throw IoError(std::string(action) + " '" + path.string() + "': " + std::generic_category().message(error_number),
                  error_number, path.string());
}

/// Closes what is still open when it goes.
class Descriptor {
public:
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    int get() const { return descriptor_; }
    bool close() { return descriptor_ < 0 || ::close(std::exchange(descriptor_, -1)) == 0; }

private:
    int descriptor_;
};

int open_retrying(const fs::path& path, int flags, mode_t mode = 0) {
    int descriptor;
    do {
        descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

/// Pipes and devices have no size to check lengths against, and must not be replaced by a file.
void require_regular(const char* action, const struct stat& status, const fs::path& path) {
    if (S_ISDIR(status.st_mode)) fail(action, path, EISDIR);
    if (!S_ISREG(status.st_mode)) {
        throw IoError(std::string(action) + " '" + path.string() + "': not a regular file", EINVAL, path.string());
    }
}

Descriptor open_to_read(const fs::path& path) {
    const int descriptor = open_retrying(path, O_RDONLY | O_NONBLOCK);  // a pipe without a writer must not block us
    if (descriptor < 0) fail("cannot open", path, errno);
    return Descriptor(descriptor);
}

std::uint64_t size_of(const Descriptor& file, const fs::path& path) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail("cannot read", path, errno);
    require_regular("cannot read", status, path);
    return static_cast<std::uint64_t>(status.st_size);
}

/// Up to `bytes.size()` bytes; fewer at the file's end.
std::size_t read_up_to(const Descriptor& file, std::span<std::byte> bytes, const fs::path& path) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::read(file.get(), bytes.data() + done, std::min(bytes.size() - done, kLargestCall));
        if (n == 0) break;
        if (n < 0 && errno != EINTR) fail("cannot read", path, errno);
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    return done;
}

void write_all(const Descriptor& file, std::span<const std::byte> bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(file.get(), bytes.data(), std::min(bytes.size(), kLargestCall));
        if (n < 0 && errno != EINTR) fail("cannot write", path, errno);
        if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
}

/// A file beside `target` that is renamed over it, or removed.
class TemporaryFile {
public:
    explicit TemporaryFile(const fs::path& target) : target_(target), file_(create()) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }

    /// Mode and, as far as we may, owner of the file that it will replace.
    void take_after(const struct stat& old) {
        [[maybe_unused]] const int refused = ::fchown(file_.get(), old.st_uid, old.st_gid);
        if (::fchmod(file_.get(), old.st_mode & 0777) != 0) fail("cannot write", target_, errno);
    }

    void write(std::span<const std::byte> bytes) { write_all(file_, bytes, target_); }

    void replace_target() {
        if (::fsync(file_.get()) != 0 || !file_.close()) fail("cannot write", target_, errno);
        if (::rename(path_.c_str(), target_.c_str()) != 0) fail("cannot replace", target_, errno);
        path_.clear();
    }

private:
    /// Unique by process and count; O_EXCL settles what is left, as processes of two containers on one volume.
    int create() {
        static std::atomic<unsigned> count{0};
        for (;;) {
            std::string name = target_.filename().string().substr(0, 200);
            name.insert(0, 1, '.')
                .append(".tmp-")
                .append(std::to_string(::getpid()))
                .append("-")
                .append(std::to_string(count++));
            fs::path path = target_.parent_path() / name;
            const int descriptor = open_retrying(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
            if (descriptor >= 0) {
                path_ = std::move(path);
                return descriptor;
            }
            if (errno != EEXIST) fail("cannot write", target_, errno);
        }
    }

    const fs::path& target_;
    fs::path path_;  // empty once it has become the target
    Descriptor file_;
};

/// What a symbolic link, or a chain of them, points at; it need not exist.
fs::path follow_links(fs::path path) {
    constexpr int kMostLinks = 40;
    for (int i = 0; i < kMostLinks; ++i) {
        std::error_code no_link;
        const fs::path next = fs::read_symlink(path, no_link);
        if (no_link) return path;
        path = path.parent_path() / next;  // an absolute target replaces the folder
    }
    fail("cannot write", path, ELOOP);
}

/// Makes the rename last. Some file systems cannot fsync a folder; the file itself is whole either way.
void sync_folder(const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const Descriptor descriptor(open_retrying(folder, O_RDONLY | O_DIRECTORY));
    if (descriptor.get() < 0) return;
    if (::fsync(descriptor.get()) != 0 && errno == EIO) fail("cannot write", file, EIO);
}

}  // namespace

std::uint64_t size_of_file(const fs::path& path) { return size_of(open_to_read(path), path); }

Buffer<std::byte> read_file(const fs::path& path, std::uint64_t max_bytes) {
    const Descriptor file = open_to_read(path);
    auto bytes = Buffer<std::byte>::uninitialized(static_cast<Index>(std::min(size_of(file, path), max_bytes)));
    advise_huge_pages(bytes.data(), static_cast<std::size_t>(bytes.size()));
    const std::size_t n_read = read_up_to(file, bytes, path);
    if (n_read == static_cast<std::size_t>(bytes.size())) return bytes;
    return Buffer<std::byte>(std::span<const std::byte>(bytes).first(n_read));
}

SharedArray<std::byte> map_file(const fs::path& path) {
    const Descriptor file = open_to_read(path);
    const std::size_t size = size_of(file, path);
    void* memory = size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (memory == MAP_FAILED) return read_file(path);
    ::madvise(memory, size, MADV_WILLNEED);  // advice: may fail
    const std::shared_ptr<const void> owner(memory, [size](void* mapped) { ::munmap(mapped, size); });
    return {std::span(static_cast<const std::byte*>(memory), size), owner};
}

void write_atomically(const fs::path& path, const std::function<void(const WriteBytes&)>& produce) {
    const fs::path target = follow_links(path);
    if (!target.has_filename()) fail("cannot write", path, target.empty() ? ENOENT : EISDIR);
    struct stat old {};
    const bool replaces = ::stat(target.c_str(), &old) == 0;
    if (replaces) require_regular("cannot write", old, path);
    TemporaryFile temporary(target);
    if (replaces) temporary.take_after(old);
    produce([&](std::span<const std::byte> bytes) { temporary.write(bytes); });
    temporary.replace_target();
    sync_folder(target);
}

void write_atomically(const fs::path& path, std::span<const std::byte> bytes) {
    write_atomically(path, [&](const WriteBytes& write) { write(bytes); });
}

}  // namespace plantwright::io
