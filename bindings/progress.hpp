// SPDX-License-Identifier: MIT
/// A Python callable as our progress callback, and kernels run without the GIL.
///
/// Why the GIL is released around every kernel: a fit takes seconds, and other Python threads (a web server, a
/// notebook's heartbeat, a progress bar) must go on meanwhile. Our kernels never touch a Python object, so they need no
/// lock; the only way back into Python is the callback below, which takes the GIL for the time of the call. Without a
/// callback it still comes back every 50 ms to let Python see its signals: that is what makes Ctrl-C end a fit.
///
/// The callable gets `(task, done, total)`; None or a true value goes on, a false value stops (`plantwright.Stopped`).
/// An exception, of the callable or KeyboardInterrupt, also stops the kernel by way of `Stopped` and is then raised
/// itself.
#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright::bindings {

namespace py = pybind11;

class PythonProgress {
public:
    /// `callable` is None or a Python callable; throws TypeError otherwise.
    explicit PythonProgress(py::object callable) : callable_(std::move(callable)) {
        if (!callable_.is_none() && PyCallable_Check(callable_.ptr()) == 0) {
            throw py::type_error("progress must be None or a callable (task, done, total) -> bool or None");
        }
    }

    /// For the kernel; valid as long as this object. Called without the GIL.
    ProgressCallback callback() {
        return [this](const ProgressEvent& event) { return report(event); };
    }

    /// With the GIL held: raises what the callable raised.
    void raise_pending() {
        if (pending_) throw std::exchange(pending_, std::nullopt).value();
    }

private:
    bool report(const ProgressEvent& event) {
        const py::gil_scoped_acquire gil;
        try {
            if (PyErr_CheckSignals() != 0) throw py::error_already_set();
            if (callable_.is_none()) return true;
            const py::object answer = callable_(event.task, event.done, event.total);
            return answer.is_none() || py::bool_(answer);
        } catch (py::error_already_set& error) {
            pending_.emplace(error);
            return false;
        }
    }

    py::object callable_;
    std::optional<py::error_already_set> pending_;
};

/// Runs `kernel(const ProgressCallback&)` without the GIL and returns its value, or raises the callable's exception.
template <class Kernel>
auto run_with_progress(const py::object& callable, Kernel&& kernel) {
    PythonProgress progress(callable);
    try {
        const py::gil_scoped_release released;
        return std::forward<Kernel>(kernel)(progress.callback());
    } catch (const Stopped&) {
        progress.raise_pending();
        throw;
    }
}

/// Runs `kernel()` without the GIL; for what is too short to need progress.
template <class Kernel>
auto run_released(Kernel&& kernel) {
    const py::gil_scoped_release released;
    return std::forward<Kernel>(kernel)();
}

}  // namespace plantwright::bindings
