// SPDX-License-Identifier: MIT
/// Saving is all or nothing: on full disks, at size limits, through links, beside other savers.
#include "plantwright/io/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright::io {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "plantwright-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path path(const std::string& name = "model.plw") const { return folder_ / name; }
    std::size_t n_files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    fs::path folder_;
};

void write(const fs::path& path, const std::string& text) { write_atomically(path, std::as_bytes(std::span(text))); }

std::string read(const fs::path& path) {
    const Buffer<std::byte> bytes = read_file(path);
    return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(bytes.size())};
}

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

/// The errno of the IoError that `action` throws; 0 where it throws none.
template <class Action>
int error_of(Action action) {
    try {
        action();
        return 0;
    } catch (const IoError& error) {
        return error.error_number();
    }
}

/// Runs `action` in a child process that can be limited at will; its result is the exit status.
template <class Action>
int in_child(Action action) {
    const pid_t child = ::fork();
    if (child == 0) {
        int status = 255;
        try {
            status = action();
        } catch (...) {
        }
        ::_exit(status);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(File, HoldsWhatWasWrittenAndNothingLiesBesideIt) {
    write(path(), "first");
    EXPECT_EQ(read(path()), "first");
    write(path(), "second, longer");
    EXPECT_EQ(read(path()), "second, longer");
    write(path(), "");
    EXPECT_EQ(read(path()), "");
    EXPECT_EQ(n_files(), 1u);
}

TEST_F(File, KeepsTheModeOfTheFileItReplacesAndObeysTheUmaskElse) {
    const mode_t old_mask = ::umask(027);
    write(path(), "new");
    ::umask(old_mask);
    EXPECT_EQ(mode_of(path()), mode_t{0640});
    ASSERT_EQ(::chmod(path().c_str(), 0604), 0);
    write(path(), "replaced");
    EXPECT_EQ(mode_of(path()), mode_t{0604});
}

TEST_F(File, IsWrittenThroughASymbolicLinkWhichStays) {
    fs::create_directory(path("store"));
    write(path("store/v1.plw"), "old");
    fs::create_symlink("store/v1.plw", path("hop.plw"));  // relative to the link's folder
    fs::create_symlink(path("hop.plw"), path());
    write(path(), "new");
    EXPECT_TRUE(fs::is_symlink(path()));
    EXPECT_TRUE(fs::is_symlink(path("hop.plw")));
    EXPECT_EQ(read(path("store/v1.plw")), "new");
}

TEST_F(File, IsMadeWhereADanglingLinkPoints) {
    fs::create_symlink("absent.plw", path());
    write(path(), "new");
    EXPECT_TRUE(fs::is_symlink(path()));
    EXPECT_EQ(read(path("absent.plw")), "new");
}

TEST_F(File, BehindACircleOfLinksIsAnError) {
    fs::create_symlink("b", path("a"));
    fs::create_symlink("a", path("b"));
    EXPECT_EQ(error_of([&] { write(path("a"), "x"); }), ELOOP);
    EXPECT_EQ(error_of([&] { read(path("a")); }), ELOOP);
}

TEST_F(File, MayBeNamedWithoutAFolderAndWithTheLongestName) {
    const fs::path before = fs::current_path();
    fs::current_path(folder_);
    write("bare.plw", "x");
    fs::current_path(before);
    EXPECT_EQ(read(path("bare.plw")), "x");
    const std::string longest(255, 'n');
    write(path(longest), "y");
    EXPECT_EQ(read(path(longest)), "y");
}

TEST_F(File, StaysAsItWasWhenTheWriterThrows) {
    write(path(), "old");
    const auto produce = [](const WriteBytes& write) {
        write(std::as_bytes(std::span("half", 4)));
        throw InvalidArgument("stop");
    };
    EXPECT_THROW(write_atomically(path(), produce), InvalidArgument);
    EXPECT_EQ(read(path()), "old");
    EXPECT_EQ(n_files(), 1u);
}

TEST_F(File, StaysAsItWasWhenItExceedsTheSizeLimit) {
    write(path(), "old");
    const int error = in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{4096, 4096};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        return error_of([&] { write(path(), std::string(100000, 'x')); });
    });
    EXPECT_EQ(error, EFBIG);
    EXPECT_EQ(read(path()), "old");
    EXPECT_EQ(n_files(), 1u);
}

TEST_F(File, StaysAsItWasWhenTheDiskIsFull) {
    fs::create_directory(path("small"));
    if (::mount("tmpfs", path("small").c_str(), "tmpfs", 0, "size=64k") != 0) {
        GTEST_SKIP() << "a small file system cannot be mounted here (needs CAP_SYS_ADMIN)";
    }
    write(path("small/model.plw"), "old");
    EXPECT_EQ(error_of([&] { write(path("small/model.plw"), std::string(200000, 'x')); }), ENOSPC);
    EXPECT_EQ(read(path("small/model.plw")), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(path("small")), fs::directory_iterator()), 1);
    write(path("small/model.plw"), std::string(20000, 'y'));  // there is room again
    EXPECT_EQ(::umount(path("small").c_str()), 0);
}

TEST_F(File, InAFolderWithoutPermissionIsAnError) {
    write(path(), "old");
    ASSERT_EQ(::chmod(folder_.c_str(), 0555), 0);
    const int error = in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) return 254;  // root may write anywhere
        return error_of([&] { write(path(), "new"); });
    });
    ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
    EXPECT_EQ(error, EACCES);
    EXPECT_EQ(read(path()), "old");
}

TEST_F(File, ThatIsAbsentOrNoFileIsAnErrorWithItsReason) {
    EXPECT_EQ(error_of([&] { read(path("absent")); }), ENOENT);
    EXPECT_EQ(error_of([&] { read(folder_); }), EISDIR);
    EXPECT_EQ(error_of([&] { write(folder_, "x"); }), EISDIR);
    EXPECT_EQ(error_of([&] { write(folder_ / "", "x"); }), EISDIR);
    EXPECT_EQ(error_of([&] { write("", "x"); }), ENOENT);
    EXPECT_EQ(error_of([&] { write(path("no/folder.plw"), "x"); }), ENOENT);
    write(path(), "a file");
    EXPECT_EQ(error_of([&] { read(path() / "below"); }), ENOTDIR);
}

TEST_F(File, ThatIsAPipeOrADeviceIsNeitherReadNorReplaced) {
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    EXPECT_EQ(error_of([&] { read(path("pipe")); }), EINVAL);  // and does not wait for a writer
    EXPECT_EQ(error_of([&] { write(path("pipe"), "x"); }), EINVAL);
    EXPECT_EQ(error_of([&] { write("/dev/null", "x"); }), EINVAL);
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(File, IsReadInPartWhereOnlyItsFrontIsWanted) {
    write(path(), "0123456789");
    EXPECT_EQ(read_file(path(), 4).size(), 4);
    EXPECT_EQ(read_file(path(), 40).size(), 10);
    EXPECT_EQ(size_of_file(path()), 10u);
}

TEST_F(File, IsAlwaysWholeToReadersWhileSeveralWrite) {
    constexpr int kWriters = 4, kWrites = 20;
    const auto content = [](int writer) { return std::string(50000, static_cast<char>('a' + writer)); };
    write(path(), content(0));
    std::atomic<int> running{kWriters};
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
        writers.emplace_back([&, w] {
            for (int i = 0; i < kWrites; ++i) write(path(), content(w));
            --running;
        });
    }
    while (running > 0) {
        const std::string seen = read(path());
        ASSERT_EQ(seen, content(seen.at(0) - 'a'));
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(n_files(), 1u);
}

}  // namespace
}  // namespace plantwright::io
