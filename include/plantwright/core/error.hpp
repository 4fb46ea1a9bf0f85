// SPDX-License-Identifier: MIT
/// Every failure the library reports. A message says who, which parameter, got what, allowed what:
/// `RandomForestRegressor: n_estimators must be at least 1, got 0`.
///
/// `Error` is a mixin beside the standard exception that fits, so that a caller may catch either, and pybind11 maps
/// each to the Python exception a user expects. The library never prints and never ends the process.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "plantwright/core/export.hpp"

namespace plantwright {

/// What all our exceptions share; catch `const plantwright::Error&` for any of them.
class PLANTWRIGHT_API Error {
public:
    Error() = default;
    Error(const Error&) = default;
    Error& operator=(const Error&) = default;
    virtual ~Error();
    virtual const char* message() const noexcept = 0;
};

/// A parameter or input that the call cannot take.
class PLANTWRIGHT_API InvalidArgument : public std::invalid_argument, public Error {
public:
    explicit InvalidArgument(const std::string& what) : std::invalid_argument(what) {}
    ~InvalidArgument() override;
    const char* message() const noexcept override { return what(); }
};

/// The model was asked for something before it was fitted.
class PLANTWRIGHT_API NotFitted : public std::logic_error, public Error {
public:
    explicit NotFitted(const std::string& what) : std::logic_error(what) {}
    ~NotFitted() override;
    const char* message() const noexcept override { return what(); }
};

/// The table does not fit the model's schema: missing, extra or retyped columns, unseen categories.
class PLANTWRIGHT_API SchemaMismatch : public std::invalid_argument, public Error {
public:
    explicit SchemaMismatch(const std::string& what) : std::invalid_argument(what) {}
    ~SchemaMismatch() override;
    const char* message() const noexcept override { return what(); }
};

/// Text that cannot be read; the message names line and column.
class PLANTWRIGHT_API ParseError : public std::invalid_argument, public Error {
public:
    explicit ParseError(const std::string& what) : std::invalid_argument(what) {}
    ~ParseError() override;
    const char* message() const noexcept override { return what(); }
};

/// A model file that is damaged, truncated or hostile.
class PLANTWRIGHT_API CorruptModel : public std::runtime_error, public Error {
public:
    explicit CorruptModel(const std::string& what) : std::runtime_error(what) {}
    ~CorruptModel() override;
    const char* message() const noexcept override { return what(); }
};

/// A model file written by a newer library than this one.
class PLANTWRIGHT_API UnsupportedVersion : public std::runtime_error, public Error {
public:
    explicit UnsupportedVersion(const std::string& what) : std::runtime_error(what) {}
    ~UnsupportedVersion() override;
    const char* message() const noexcept override { return what(); }
};

/// The operating system refused: no such file, no space, no permission.
class PLANTWRIGHT_API IoError : public std::runtime_error, public Error {
public:
    explicit IoError(const std::string& what, int error_number = 0, std::string path = {})
        : std::runtime_error(what), error_number_(error_number), path_(std::move(path)) {}
    ~IoError() override;
    const char* message() const noexcept override { return what(); }
    int error_number() const noexcept { return error_number_; }  ///< errno, 0 when unknown
    const std::string& path() const noexcept { return path_; }   ///< the file, empty when unknown

private:
    int error_number_;
    std::string path_;
};

/// A progress callback asked a long computation to stop; nothing was changed.
class PLANTWRIGHT_API Stopped : public std::runtime_error, public Error {
public:
    explicit Stopped(const std::string& what) : std::runtime_error(what) {}
    ~Stopped() override;
    const char* message() const noexcept override { return what(); }
};

}  // namespace plantwright
