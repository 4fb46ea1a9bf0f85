// SPDX-License-Identifier: MIT
#include "plantwright/neural/autoencoder_report.hpp"

#include <cmath>
#include <cstdio>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

std::string shown(double value, const char* format = "%.4g") {
    if (std::isnan(value)) return "-";
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string percent(double share) { return shown(100 * share, "%.0f") + " %"; }

std::string line(const char* name, double error, double mean_error) {
    std::string text = "  " + std::string(name);
    text.resize(24, ' ');
    text += shown(error);
    text.resize(36, ' ');
    return text + (std::isnan(error) ? "" : percent(error / mean_error) + " of the mean's") + "\n";
}

io::Json to_json(const Epoch& epoch) {
    io::Json json = io::Json::object();
    json["epoch"] = epoch.number;
    json["loss"] = epoch.loss;
    json["validation_loss"] = epoch.validation_loss;
    json["learning_rate"] = epoch.learning_rate;
    return json;
}

}  // namespace

std::string AutoencoderReport::verdict() const {
    if (std::isnan(pca_error) || std::isnan(lstm_error))
        return "No PCA twin was fitted: nothing says what the network is worth.";
    if (!(lstm_error < mean_error))
        return "The LSTM does not earn its cost: each sensor's mean does as well. Train longer, or on other windows.";
    if (lstm_error < (1 - kMargin) * pca_error)
        return "The LSTM earns its cost: its error is " + percent(lstm_error / pca_error) +
               " of that of a PCA with as long a code.";
    const bool same = lstm_error <= (1 + kMargin) * pca_error;
    return "The LSTM does not earn its cost: a PCA with as long a code reconstructs " +
           std::string(same ? "as well" : "better") + " (error " + shown(pca_error) + " against " + shown(lstm_error) +
           "). Use the PCA twin, or train longer.";
}

std::string AutoencoderReport::text() const {
    const bool validated = n_validation_windows > 0;
    std::string text = "LSTM autoencoder, " + std::to_string(n_weights) + " weights, trained on " +
                       std::to_string(n_training_windows) + " windows, " +
                       (validated ? "validated on " + std::to_string(n_validation_windows) : "without validation") +
                       "\n" + std::to_string(epochs.size()) + " epochs" + (stopped ? ", stopped" : "") + ", best " +
                       std::to_string(best_epoch) + "\n";
    if (n_skipped_steps > 0) text += std::to_string(n_skipped_steps) + " steps left out: their loss was not finite\n";
    text += std::string("Mean squared error of standardized readings, ") +
            (validated ? "validation" : "training, of which the network has seen the answers") + "\n";
    text += line("LSTM", lstm_error, mean_error);
    text += line(("PCA, " + std::to_string(n_components) + " components").c_str(), pca_error, mean_error);
    text += line("LSTM, untrained", untrained_error, mean_error);
    text += line("mean of each sensor", mean_error, mean_error);
    return text + verdict() + "\n";
}

io::Json AutoencoderReport::to_json() const {
    io::Json json = io::Json::object();
    json["lstm_error"] = lstm_error;
    json["pca_error"] = pca_error;
    json["untrained_error"] = untrained_error;
    json["mean_error"] = mean_error;
    json["measured_on"] = n_validation_windows > 0 ? "validation" : "training";
    json["earns_its_cost"] = earns_its_cost();
    json["verdict"] = verdict();
    json["n_training_windows"] = n_training_windows;
    json["n_validation_windows"] = n_validation_windows;
    json["n_weights"] = n_weights;
    json["n_components"] = n_components;
    json["n_skipped_steps"] = n_skipped_steps;
    json["best_epoch"] = best_epoch;
    json["stopped"] = stopped;
    json["epochs"] = io::Json::array();
    for (const Epoch& epoch : epochs) json["epochs"].push_back(plantwright::to_json(epoch));
    return json;
}

void AutoencoderReport::validate() const {
    const bool counts_ok = best_epoch >= 0 && n_training_windows >= 0 && n_validation_windows >= 0 &&
                           n_skipped_steps >= 0 && n_weights >= 0 && n_components >= 0;
    if (!counts_ok) throw CorruptModel("AutoencoderReport: a count is negative");
}

}  // namespace plantwright
